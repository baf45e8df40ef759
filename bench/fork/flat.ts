import type { Bench, Variant } from '../support/bench.ts'
import { inPool } from '../support/pool.ts'
import { flat } from './flat.tasks.ts'

function looping(threads: number, forked: boolean): Variant {
  return {
    measure: ({ quick }) =>
      inPool(threads, async pool => {
        const count = quick ? 10_000 : 1_000_000
        const milliseconds = await pool.run(flat, forked, count, quick ? 2 : 5)
        return { samples: milliseconds.map(ms => (ms * 1e6) / count), operations: 1 }
      }),
  }
}

export const bench: Bench = {
  question: 'What does a fork cost that is joined at once, again and again?',
  method:
    'A loop of a million forks and joins of an empty task, in a worker that is alone, or beside another that has nothing to ' +
    'do. Five loops after two to warm up. The worst case for publishing on demand: whatever is pending is the oldest there ' +
    'is, so with a neighbour there is always a reason to publish it, and never a use.',
  unit: 'ns',
  variants: {
    'plain calls': looping(1, false),
    alone: looping(1, true),
    'beside an idle worker': looping(2, true),
  },
  checks: [
    { what: 'a fork, alone', of: 'alone', most: 100 },
    { what: 'a fork, beside an idle worker', of: 'beside an idle worker', most: 120 },
    { what: 'beside an idle worker / alone', of: 'beside an idle worker', to: 'alone' },
  ],
}
