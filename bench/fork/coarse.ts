import type { Bench, Variant } from '../support/bench.ts'
import { inPool } from '../support/pool.ts'
import { pairs } from './coarse.tasks.ts'

/** Set it for a longer or a shorter run. */
const ROUNDS = Number(process.env['BENCH_COARSE_ROUNDS'] ?? 1000)

function pairing(threads: number, bursts: boolean, share: number): Variant {
  return {
    measure: ({ quick }) =>
      inPool(threads, async pool => {
        const rounds = quick ? 10 : Math.ceil(ROUNDS * share)
        const [first, ...samples] = await pool.run(pairs, bursts, rounds + 1, quick ? 4 : 20)
        return { samples, facts: { 'first, ms': first! } }
      }),
    limit: 600_000,
  }
}

export const bench: Bench = {
  question: 'After a burst of tiny forks, do two coarse tasks still run side by side?',
  method:
    'One thousand rounds in one process (BENCH_COARSE_ROUNDS): a burst of random length, either a small fib or a flat loop of ' +
    'forks; then two tasks of 20 ms, one forked and one called. Only the pair is timed; the first is told apart, because one thread may still be starting while the other runs it. ' +
    'The tasks spin by the clock: what is ' +
    'beyond 20 ms is the scheduler, and neighbours who take the core for longer than that.',
  unit: 'ms',
  rounds: 1,
  variants: {
    'without a burst': pairing(2, false, 0.1),
    'after a burst': pairing(2, true, 1),
    'one worker': pairing(1, true, 0.05),
  },
  checks: [
    { what: 'pair after a burst', of: 'after a burst', most: 23 },
    { what: 'pair after a burst', of: 'after a burst', at: 'p99', most: 30 },
    { what: 'pair after a burst', of: 'after a burst', at: 'worst', most: 30 },
    { what: 'after a burst / without', of: 'after a burst', to: 'without a burst' },
    { what: 'two workers faster than one', of: 'after a burst', to: 'one worker', gain: true },
  ],
}
