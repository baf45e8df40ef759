import type { Pool } from 'filch'

import { PEERS } from '../peers/names.ts'
import type { Bench, Variant } from '../support/bench.ts'
import { timeWarm } from '../support/clock.ts'
import { peerVariants } from '../support/peers.ts'
import { inPool } from '../support/pool.ts'
import { spawnAndJoin, spawnAndJoinSome, spawnAndWait } from './spawn.tasks.mjs'

function spawning(threads: number, run: (pool: Pool, count: number) => Promise<number>): Variant {
  return {
    measure: ({ quick }) =>
      inPool(threads, async pool => {
        const count = quick ? 2000 : 1_000_000
        const samples = await timeWarm(quick ? 1 : 3, (count * (count + 1)) / 2, () => run(pool, count))
        return { samples: samples.map(ms => (ms * 1000) / count) }
      }),
  }
}

async function flood(run: (n: number) => Promise<unknown>, count: number): Promise<number> {
  const results = await Promise.all(Array.from({ length: count }, (_, i) => run(i)))
  return results.reduce((sum: number, n) => sum + Number(n), 0)
}

export const bench: Bench = {
  question: 'What does it cost to spawn a task and to wait for its result?',
  method:
    'One task spawns a million that add one, and then joins each, or 10,000 a hundred times. The peers, whose tasks cannot start others: 10,000 given at ' +
    'once from the main thread and awaited. Three times after half a second, and all results are summed.',
  unit: 'us',
  perSecond: true,
  variants: {
    'spawn and join 1M, one worker': spawning(1, (pool, count) => pool.run(spawnAndJoin, count)),
    'spawn and join 1M, two workers': spawning(2, (pool, count) => pool.run(spawnAndJoin, count)),
    'spawn and join 1M, 10,000 at a time, two workers': spawning(2, (pool, count) =>
      pool.run(spawnAndJoinSome, count, Math.min(count, 10_000)),
    ),
    'spawn and yield* 1M, two workers': spawning(2, (pool, count) => pool.run(spawnAndWait, count)),
    ...peerVariants(async (peer, { quick }) => {
      const count = quick ? 500 : 10_000
      const run = (n: number): Promise<unknown> => peer.run('next', n)
      const samples = await timeWarm(quick ? 1 : 3, (count * (count + 1)) / 2, () => flood(run, count))
      return { samples: samples.map(ms => (ms * 1000) / count) }
    }),
  },
  checks: [
    {
      what: 'as many at once as the peers are given',
      of: 'spawn and join 1M, 10,000 at a time, two workers',
      to: PEERS,
      gain: true,
      least: 20,
    },
    { what: 'tasks/s against the best peer', of: 'spawn and join 1M, two workers', to: PEERS, gain: true, least: 20 },
    { what: 'in a generator task', of: 'spawn and yield* 1M, two workers', to: PEERS, gain: true, least: 20 },
  ],
}
