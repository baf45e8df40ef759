import type { PoolOptions } from 'filch'

import type { Bench, Variant } from '../support/bench.ts'
import { inPool } from '../support/pool.ts'
import { type Sum, sums } from './tree-sum.tasks.ts'

function summing(threads: number, what: Sum, options: PoolOptions = {}): Variant {
  return {
    measure: ({ quick }) =>
      inPool(
        threads,
        async pool => {
          const size = quick ? 1 << 10 : 1 << 17
          return { samples: await pool.run(sums, what, size, quick ? 2 : 10), operations: size }
        },
        options,
      ),
  }
}

const trust: PoolOptions = { immutability: 'trust' }

export const bench: Bench = {
  question: 'What does a fork cost whose argument is an object?',
  method:
    'Sums of 131,072 numbers, ten times after three to warm up, all of it in a worker. "Tree": a fork at every node of an ' +
    'uneven tree, with the subtree as its argument, all of which a thief must be sent. "Span": a fork at every half of a ' +
    'range, with a small object made for it. Arguments are frozen, as is the default; "trusted" pools leave that out.',
  unit: 'ms',
  each: 'number',
  variants: {
    'plain, tree': summing(1, 'plain tree'),
    'tree, one worker': summing(1, 'tree'),
    'tree, one worker, trusted': summing(1, 'tree', trust),
    'tree, two workers': summing(2, 'tree'),
    'plain, span': summing(1, 'plain span'),
    'span, one worker': summing(1, 'span'),
    'span, one worker, trusted': summing(1, 'span', trust),
    'span, two workers': summing(2, 'span'),
  },
  checks: [
    { what: 'tree, one worker / plain', of: 'tree, one worker', to: 'plain, tree' },
    { what: 'tree, trusted / plain', of: 'tree, one worker, trusted', to: 'plain, tree' },
    { what: 'tree, two workers faster than one', of: 'tree, two workers', to: 'tree, one worker', gain: true },
    { what: 'tree, two workers faster than plain', of: 'tree, two workers', to: 'plain, tree', gain: true },
    { what: 'span, one worker / plain', of: 'span, one worker', to: 'plain, span' },
    { what: 'span, trusted / plain', of: 'span, one worker, trusted', to: 'plain, span' },
    { what: 'span, two workers faster than one', of: 'span, two workers', to: 'span, one worker', gain: true },
    { what: 'span, two workers faster than plain', of: 'span, two workers', to: 'plain, span', gain: true },
  ],
}
