import { shared, sort } from 'filch'

import type { Kernel } from './kernel.ts'
import { ends } from './vectors.ts'

interface Numbers {
  readonly from: Float64Array
  readonly xs: Float64Array
}

export function sorting(
  make: (length: number) => Float64Array,
  value: (i: number, size: number) => number,
): Kernel<Numbers> {
  return {
    data(size) {
      const from = make(size)
      for (let i = 0; i < size; i++) from[i] = value(i, size)
      return { from, xs: make(size) }
    },
    length: ({ xs }) => xs.length,
    // There is nothing to be cut by hand: two halves would have to be merged.
    part({ xs }) {
      xs.sort()
      return ends(xs)
    },
    par: ({ xs }) => ends(sort(xs)),
  }
}

export const ints = shared.i32 as unknown as (length: number) => Float64Array
