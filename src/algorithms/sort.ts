import { isShared, kindOf, type Numbers, toShared } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import { bodyOf } from '../par/body.ts'
import { explained } from '../par/explained.ts'
import { inside } from '../par/outside.ts'
import { countingSort } from './counting-sort.ts'
import { mergeSortArray, mergeSortNumbers } from './merge-sort.ts'
import { radixSort } from './radix.ts'

/** Below, the method of the array itself is as good: most of what follows would be preparation. */
const SMALL = 1 << 12

/**
 * Sorts in place and returns the array, as the method `sort` of the array does, and in the same order:
 *
 * - A **typed array** by value, -0 before 0 and NaN last: by a radix sort over the bits, several times as fast as the
 * method even on one
 *   worker. Needs as much memory again. Arrays that are not shared are copied there and back.
 * - With a **comparison** by a stable merge sort. The function travels as text, or is a task (see {@link par}).
 * - An **array** without one by the strings of its elements, `undefined` last. For numbers or other keys: {@link
 * sortBy}.
 *
 * Where `compare` throws, a typed array is left in some order of its own elements, an array as it was.
 *
 * Runs in the task that calls it and on idle workers. A radix sort makes three passes for 32 bits and six for 64, fewer
 * where digits do not vary, and three over doubles of which few share their upper 32 bits. Elements of an ordinary
 * array are copied to the workers that compare them, and only their places come back.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { shared, sort } from 'filch'
 *
 * deepEqual([...sort(shared.f64([3, NaN, -0, 0, -7]))], [-7, -0, 0, 3, NaN])
 * deepEqual(sort(['b', 'C', 'a'], (a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)), ['a', 'b', 'C'])
 * ```
 *
 * @throws {OptionError} if it is no array
 * @throws {ForkError} outside a task, where the caller must not wait
 */
export function sort<A extends Numbers>(array: A, compare?: (a: A[number], b: A[number]) => number): A
export function sort<T>(array: T[], compare?: (a: T, b: T) => number): T[]
export function sort(array: Numbers | unknown[], compare?: (a: never, b: never) => number): unknown {
  if (compare !== undefined && typeof compare !== 'function') {
    throw new OptionError('sort: the comparison', compare, 'Give a function, or nothing.')
  }
  const bodies = compare === undefined ? [] : [bodyOf(compare, 'sort')]
  if (Array.isArray(array)) return explained(bodies, () => inside(() => mergeSortArray(array, compare)))
  const kind = kindOf(array)
  if (kind === undefined) throw new OptionError('sort: the array', array, 'Give an array or a typed array.')
  if (array.length < 2) return array
  if (compare === undefined && array.length < SMALL) return (array as Float64Array).sort()
  return explained(bodies, () =>
    inside(() => {
      const values = toShared(array)
      if (compare !== undefined) mergeSortNumbers(values, compare)
      else if (values.BYTES_PER_ELEMENT < 4) countingSort(values as Uint8Array)
      else radixSort(values, null)
      if (!isShared(array)) array.set(values as never)
      return array
    }),
  )
}
