import { PEERS } from '../peers/names.ts'
import type { Bench, Variant } from '../support/bench.ts'
import { expect, time } from '../support/clock.ts'
import { peerVariants } from '../support/peers.ts'
import { inPool } from '../support/pool.ts'
import { next, spawnAll, touch, touched } from './small.tasks.ts'

const each = (milliseconds: readonly number[], count: number): number[] => milliseconds.map(ms => (ms * 1000) / count)

function scoped(threads: number): Variant {
  return {
    measure: ({ quick }) =>
      inPool(threads, async pool => {
        const count = quick ? 2000 : 1_000_000
        const times = quick ? 1 : 3
        await pool.run(spawnAll, count / 10)
        await pool.broadcast(touched)
        const samples = await time(times, undefined, () => pool.run(spawnAll, count))
        const counts = await pool.broadcast(touched)
        expect(
          counts.reduce((sum, n) => sum + n, 0),
          times * count,
        )
        return { samples: each(samples, count) }
      }),
  }
}

/** Gives `count` runs at once and awaits them all. */
async function flood(run: (n: number) => Promise<unknown>, count: number): Promise<number> {
  const results = await Promise.all(Array.from({ length: count }, (_, i) => run(i)))
  return results.reduce((sum: number, n) => sum + Number(n), 0)
}

async function flooding(run: (n: number) => Promise<unknown>, quick: boolean, most: number): Promise<number[]> {
  const count = quick ? 500 : most
  await flood(run, Math.min(count, 1000))
  const samples = await time(quick ? 1 : 3, (count * (count + 1)) / 2, () => flood(run, count))
  return each(samples, count)
}

function runs(threads: number, count: number): Variant {
  return {
    measure: ({ quick }) =>
      inPool(threads, async pool => ({ samples: await flooding(n => pool.run(next, n), quick, count) })),
  }
}

export const bench: Bench = {
  question: 'How many small tasks a second go through a pool?',
  method:
    'Ours: one task gives a million tasks that count to a scope and waits for them; and runs from the main thread, many at a ' +
    'time. The peers, whose tasks cannot start others: 10,000 given at once from the main thread. All have two threads ' +
    'unless it says one; three times after a warm-up, and all results are summed.',
  unit: 'us',
  perSecond: true,
  variants: {
    'scope of 1M, one worker': scoped(1),
    'scope of 1M, two workers': scoped(2),
    '10k runs at once': runs(2, 10_000),
    '200k runs at once': runs(2, 200_000),
    ...peerVariants(async (peer, { quick }) => ({ samples: await flooding(n => peer.run('next', n), quick, 10_000) })),
    'plain calls': {
      measure({ quick }) {
        const count = quick ? 2000 : 1_000_000
        const samples: number[] = []
        for (let i = 0; i < 5; i++) {
          const begun = performance.now()
          for (let n = 0; n < count; n++) touch(1)
          samples.push(performance.now() - begun)
        }
        return { samples: each(samples, count) }
      },
    },
  },
  checks: [
    { what: 'scope, tasks/s against the best peer', of: 'scope of 1M, two workers', to: PEERS, gain: true, least: 20 },
    { what: '10k runs, tasks/s against the best peer', of: '10k runs at once', to: PEERS, gain: true },
    { what: '200k runs, tasks/s against the best peer', of: '200k runs at once', to: PEERS, gain: true },
    {
      what: 'scope, two workers faster than one',
      of: 'scope of 1M, two workers',
      to: 'scope of 1M, one worker',
      gain: true,
    },
  ],
}
