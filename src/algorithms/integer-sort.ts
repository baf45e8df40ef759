import { allocate, isShared, type Kind, kindOf, type Numbers, toShared } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import { inside } from '../par/outside.ts'
import { par } from './blocks.ts'
import { permute } from './permute.ts'
import { radixSort } from './radix.ts'

/**
 * Sorts a table that lies in columns: `keys` in place, and every other column the same way, so that rows stay together.
 * Stable, so sorting by several keys is sorting by the least important one first. Returns the keys.
 *
 * Runs in the task that calls it and on idle workers: a radix sort of the keys with their places, three passes for 32
 * bits, six for 64, fewer where digits do not vary, and a random read for each element of each column. Keys of 8 and 16
 * bits are widened first. Columns that are not shared are copied there and back.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { integerSort, shared } from 'filch'
 *
 * const { age, id } = shared.struct({ age: 'u32', id: 'i32' }, 3)
 * age.set([40, 20, 40])
 * id.set([1, 2, 3])
 * integerSort(age, id)
 * deepEqual([...age, ...id], [20, 40, 40, 2, 1, 3])
 * ```
 *
 * @throws {OptionError} if a column is no typed array, if the keys are no integers, or if the lengths differ
 */
export function integerSort<A extends Numbers>(keys: A, ...columns: readonly Numbers[]): A {
  const kind = kindOf(keys)
  if (kind === undefined || !(kind in wide)) {
    throw new OptionError('integerSort: the keys', keys, `Give a typed array of ${Object.keys(wide).join(', ')}.`)
  }
  for (const column of columns) {
    if (kindOf(column) === undefined) throw new OptionError('integerSort: a column', column, 'Give a typed array.')
    if (column.length !== keys.length) {
      throw new OptionError('integerSort: the length of a column', column.length, `The keys have ${keys.length}.`)
    }
  }
  return inside(() => {
    const places = par(keys.length).into(allocate('i32', keys.length))
    const same = wide[kind] === kind
    const values: Numbers = same ? toShared(keys) : allocate(wide[kind]!, keys.length)
    if (!same) values.set(keys as never)
    radixSort(values, places)
    if (!same || !isShared(keys)) keys.set(values as never)
    for (const column of columns) permute(column, places)
    return keys
  })
}

/** The kinds of keys, and as what they are sorted. */
const wide: Partial<Record<Kind, Kind>> = {
  i8: 'i32',
  i16: 'i32',
  i32: 'i32',
  u8: 'u32',
  u8c: 'u32',
  u16: 'u32',
  u32: 'u32',
  i64: 'i64',
  u64: 'u64',
}
