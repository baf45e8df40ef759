import type { Pool } from 'filch'

import type { Bench, Measured, Settings } from '../support/bench.ts'
import { arrived, gate, open } from '../support/gate.ts'
import { inPool } from '../support/pool.ts'
import { sit, sitSilently, work } from './blocking.tasks.ts'

const SITTING = 8

/** Milliseconds for `tasks` of a millisecond each, while `sitting` tasks of `how` have their seats. */
async function flow(pool: Pool, { quick }: Settings, sitting: number, how: typeof sit): Promise<Measured> {
  const tasks = quick ? 40 : 600
  const cells = gate()
  const batch = (): Promise<unknown> => Promise.all(Array.from({ length: tasks }, () => pool.run(work, 1)))
  await batch()
  const sat = Array.from({ length: sitting }, () => pool.run(how, cells))
  await arrived(cells, sitting)
  // Those that work now have just started: their code is to be as warm as that of the others.
  await batch()
  const begun = performance.now()
  await batch()
  const ms = performance.now() - begun
  open(cells)
  await Promise.all(sat)
  return { samples: [ms], operations: tasks }
}

const quiet = (sitting: number, how = sit) => ({
  measure: (settings: Settings) => inPool(2, async pool => flow(pool, settings, sitting, how)),
})

export const bench: Bench = {
  question: 'Does a pool keep its pace while 8 of its tasks block?',
  method:
    'A pool of 2 threads runs 600 tasks of 1 ms, which spin by the clock, while 8 other tasks sit in blocking(() => Atomics.wait(…)): 8 spare ' +
    'threads were started for them before the clock runs. The last row is a pool of 2 in which one task sits and does not say so.',
  unit: 'ms',
  each: 'task',
  perSecond: true,
  variants: {
    'nobody blocks': quiet(0),
    '8 in blocking': quiet(SITTING),
    'one, silently': quiet(1, sitSilently),
  },
  checks: [
    { what: 'throughput while 8 block', of: '8 in blocking', to: 'nobody blocks', gain: true, least: 0.9 },
    { what: 'throughput while one blocks silently', of: 'one, silently', to: 'nobody blocks', gain: true },
  ],
}
