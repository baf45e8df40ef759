import { setTimeout as sleep } from 'node:timers/promises'

import type { Bench, Measured, Settings } from '../support/bench.ts'
import { expect } from '../support/clock.ts'

/** CPU time of all threads of this process, in ms, while it does nothing for ten seconds. */
async function rest({ quick }: Settings): Promise<Measured> {
  await sleep(200)
  const before = process.cpuUsage()
  await sleep(quick ? 500 : 10_000)
  const { user, system } = process.cpuUsage(before)
  return { samples: [(user + system) / 1000] }
}

export const bench: Bench = {
  question: 'What does a pool cost that has nothing to do, and does it let the process end?',
  method:
    'The default pool has run a few tasks and is left alone, open. process.cpuUsage over ten seconds, all threads; then the ' +
    'time that the process takes to end by itself. Against a process that never had a pool.',
  unit: 'ms',
  rounds: 3,
  variants: {
    'without a pool': { measure: rest },
    'an idle pool': {
      async measure(settings) {
        const { run } = await import('filch')
        const { next } = await import('./small.tasks.ts')
        for (let i = 0; i < 100; i++) expect(await run(next, i), i + 1)
        return rest(settings)
      },
    },
  },
  checks: [
    { what: 'CPU time in 10 s', of: 'an idle pool', most: 100 },
    { what: 'the process ends by itself', of: 'an idle pool', at: 'exit', most: 1000 },
    { what: 'the process ends, against without', of: 'an idle pool', to: 'without a pool', at: 'exit' },
  ],
}
