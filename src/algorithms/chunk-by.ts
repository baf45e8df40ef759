import type { Numbers } from '../data/kinds.ts'
import { bodyOf } from '../par/body.ts'
import { makePar } from '../par/par.ts'
import { given } from './blocks.ts'

const par = makePar<'value'>(undefined)

/**
 * Views of the longest runs of neighbours for which `same(left, right)` is true, in order, over a shared array:
 * `par(chunkBy(array, same)).map(…)` does something with each. Of an array that is not shared they are views of a
 * shared copy.
 *
 * Runs in the task that calls it and on idle workers; nothing is copied but an array that is not shared. `same` is
 * called once for each pair of neighbours.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { chunkBy, shared } from 'filch'
 *
 * deepEqual(chunkBy(shared.i32([1, 1, 5, 2, 2]), (a, b) => a === b).map(run => [...run]), [[1, 1], [5], [2, 2]])
 * ```
 *
 * @throws {OptionError} if it is no typed array
 * @throws {TaskError} if `same` is no body, or uses a variable that it cannot see (`ERR_FILCH_FREE_VARIABLE`)
 */
export function chunkBy<A extends Numbers>(array: A, same: (left: A[number], right: A[number]) => unknown): A[] {
  const xs = given('chunkBy', array)
  bodyOf(same, 'chunkBy')
  if (xs.length === 0) return []
  const left = par(xs.subarray(0, -1) as Float64Array)
  const breaks = left
    .zip(xs.subarray(1) as Float64Array, same as (a: number, b: number) => unknown)
    .positions(joined => !joined)
  const starts = [0, ...breaks.map(at => at + 1)]
  return starts.map((start, at) => xs.subarray(start, starts[at + 1] ?? xs.length) as A)
}
