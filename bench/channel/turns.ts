import type { Bench, Variant } from '../support/bench.ts'
import { Partner } from '../support/partner.ts'
import { samplesWarm } from '../support/clock.ts'
import { inPool } from '../support/pool.ts'
import { pingPong } from './channel.tasks.ts'

const ROUNDS = 20

/** Two tasks, the second on worker 0, the first on worker `on`. */
function tasks(threads: number, on: number): Variant {
  return {
    measure: ({ quick }) =>
      inPool(threads, async pool => {
        const count = (on === 0 ? 50_000 : 5000) / (quick ? 50 : 1)
        const once = (): Promise<number> => Promise.resolve(pool.spawnWith({ on }, pingPong, 0, count / 10, count))
        return { samples: await samplesWarm(ROUNDS, 3, once) }
      }),
  }
}

const raw: Variant = {
  async measure({ quick }) {
    const partner = await Partner.start('block')
    const count = quick ? 100 : 5000
    const samples: number[] = []
    for (let round = -3; round < ROUNDS; round++) {
      const before = performance.now()
      for (let i = 0; i < count; i++) partner.ask()
      if (round >= 0) samples.push(((performance.now() - before) * 1e6) / count)
    }
    await partner.stop()
    return { samples }
  },
}

export const bench: Bench = {
  question: 'How long is a message and its answer between two tasks?',
  method:
    'Two generator tasks and two channels without capacity; a sample is the mean of 50,000 round trips on one worker, 5,000 on two, after half a second of them to warm up.',
  unit: 'ns',
  variants: { 'raw wait/notify': raw, 'one worker': tasks(1, 0), 'two workers': tasks(2, 1) },
  checks: [
    { what: 'a round trip on one worker, ns', of: 'one worker', most: 300 },
    { what: 'on two / raw wait/notify', of: 'two workers', to: 'raw wait/notify', most: 3 },
  ],
}
