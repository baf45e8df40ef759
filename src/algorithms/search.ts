import { allocate, type Numbers } from '../data/kinds.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import { given, par, refuseBigInts } from './blocks.ts'

interface Search {
  readonly xs: Float64Array
  readonly values: Float64Array
}

/**
 * For each of `values` the place in the sorted array before which it belongs: that of the first element that is not
 * smaller. The searches run side by side, each by bisection; sort `values` first if there are many, and neighbours find
 * the same elements in the cache.
 *
 * Runs in the task that calls it and on idle workers; `log2(sorted.length)` looks at the array for each value. Arrays
 * that are not shared are copied first. The result is shared.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { search, shared } from 'filch'
 *
 * deepEqual([...search(shared.f64([10, 20, 20, 30]), shared.f64([5, 20, 31]))], [0, 1, 4])
 * ```
 *
 * @throws {OptionError} if one of them is no array of numbers
 */
export function search(sorted: Numbers, values: Numbers): Int32Array {
  refuseBigInts('search', sorted)
  refuseBigInts('search', values)
  const plan = { xs: given('search', sorted), values: given('search', values) } as Search
  return inside(() => par(values.length).with(plan).map(place).into(allocate('i32', values.length)))
}

const place = ownTask((at: number, { xs, values }: Search): number => {
  const value = values[at]!
  let low = 0
  let high = xs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (xs[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
})
