import { allocate } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import { inside } from '../par/outside.ts'
import { makePar } from '../par/par.ts'
import { orderOf } from './merge-sort.ts'
import { radixSort } from './radix.ts'

const par = makePar<'value'>(undefined)

/**
 * Sorts an array in place by a key, which is computed once for each element, side by side; elements with equal keys
 * keep their order. Keys are numbers, in the order of a `Float64Array` (`NaN` last), or strings, by code units. By
 * numbers it is a radix sort: no comparison is called.
 *
 * Runs in the task that calls it and on idle workers. Elements are copied to the workers that compute their keys, and
 * keys come back; the elements themselves stay.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { sortBy } from 'filch'
 *
 * const words = ['pear', 'fig', 'apple', 'kiwi']
 * deepEqual(sortBy(words, word => word.length), ['fig', 'pear', 'kiwi', 'apple'])
 * deepEqual(sortBy(words, word => word), ['apple', 'fig', 'kiwi', 'pear'])
 * ```
 *
 * @throws {OptionError} if it is no array, or if a key is neither a number nor a string, or not of the kind of the
 * others
 */
export function sortBy<T>(array: T[], key: (value: T) => number | string): T[] {
  if (!Array.isArray(array))
    throw new OptionError('sortBy: the array', array, 'Give an array; for numbers, sort(array).')
  return inside(() => {
    const keys = par(array as readonly T[])
      .map(key)
      .toArray()
    const kind = typeof keys[0]
    const odd = keys.findIndex(made => typeof made !== kind || (kind !== 'number' && kind !== 'string'))
    if (odd >= 0)
      throw new OptionError(`sortBy: the key of element ${odd}`, keys[odd], 'Make all numbers, or all strings.')
    const order =
      kind === 'string' ? orderOf(keys, (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)) : byNumber(keys)
    const values = array.slice()
    for (let i = 0; i < order.length; i++) array[i] = values[order[i]!]!
    return array
  })
}

function byNumber(keys: readonly unknown[]): Int32Array {
  const values = allocate('f64', keys.length)
  values.set(keys as number[])
  const places = allocate('i32', keys.length)
  for (let i = 0; i < places.length; i++) places[i] = i
  radixSort(values, places)
  return places
}
