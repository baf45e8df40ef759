import { OptionError } from '../errors.ts'
import { allocate, type ArrayOf, classOf, type ElementOf, type Kind, kinds, type Numbers } from './kinds.ts'
import { type Fields, struct, type Struct } from './struct.ts'

/** A typed array over shared memory. */
type SharedOf<K extends Kind> = ArrayOf<K, SharedArrayBuffer>

/** Makes a shared array of one kind. */
interface Make<K extends Kind> {
  /** `length` zeros, or `init(0)`, `init(1)`, …, called here, in order. */
  (length: number, init?: (index: number) => ElementOf<K>): SharedOf<K>
  /** A copy of the values, each converted as the array's class does; `init` maps them first. */
  <T = ElementOf<K>>(values: Iterable<T> | ArrayLike<T>, init?: (value: T, index: number) => ElementOf<K>): SharedOf<K>
}

type Makers = { readonly [K in Kind]: Make<K> }

interface Shared extends Makers {
  struct<const F extends Fields>(fields: F, length: number): Struct<F>
}

function maker<K extends Kind>(kind: K): Make<K> {
  return (source: unknown, init?: (...given: never[]) => ElementOf<K>): SharedOf<K> => {
    const given = init as ((...given: unknown[]) => ElementOf<K>) | undefined
    if (typeof source === 'number') {
      const array = allocate(kind, checked(kind, source))
      if (given !== undefined) for (let i = 0; i < array.length; i++) array[i] = given(i)
      return array
    }
    if (typeof source !== 'object' || source === null || !(Symbol.iterator in source || 'length' in source)) {
      throw new OptionError(`shared.${kind}: the first argument`, source, 'Give a length, or values.')
    }
    const values = ArrayBuffer.isView(source)
      ? (source as Numbers)
      : Array.isArray(source)
        ? (source as unknown[])
        : Array.from(source as Iterable<unknown>)
    const array = allocate(kind, values.length)
    if (given === undefined) array.set(values as never)
    else for (let i = 0; i < array.length; i++) array[i] = given(values[i], i)
    return array
  }
}

function checked(kind: Kind, length: number): number {
  const most = Math.floor((Number.MAX_SAFE_INTEGER - 7) / classOf(kind).BYTES_PER_ELEMENT)
  if (Number.isInteger(length) && length >= 0 && length <= most) return length
  throw new OptionError(`shared.${kind}: the length`, length, 'Give a whole number, 0 or more.')
}

/**
 * Arrays that every thread sees: **ordinary typed arrays over a `SharedArrayBuffer`**, so that all methods, all
 * libraries and all of V8's fast paths for typed arrays work on them. Given to a task they pass by reference: nothing
 * is copied.
 *
 * `shared.f64(length)` makes zeros, `shared.f64(length, init)` calls `init` for each index, `shared.f64(values)` copies
 * an array, a typed array or an iterable. The kinds are `f64`, `f32`, `i32`, `u32`, `i16`, `u16`, `i8`, `u8`, `u8c`
 * (clamped), and `i64` and `u64`, whose elements are `bigint`s. `init` is called here, by this thread: to fill a large
 * array in parallel, write `par(length).map(f).into(array)`.
 *
 * `shared.struct({ x: 'f64', id: 'i32' }, length)` makes an array for each field and accessors over them: {@link
 * Struct}.
 *
 * @example
 * ```ts
 * import { deepEqual, equal } from 'node:assert/strict'
 * import { shared } from 'filch'
 *
 * const squares = shared.f64(4, i => i * i)
 * equal(squares instanceof Float64Array && squares.buffer instanceof SharedArrayBuffer, true)
 * deepEqual([...squares], [0, 1, 4, 9])
 * deepEqual([...shared.u8c([-1, 300])], [0, 255])
 * deepEqual([...shared.i64(['7'], BigInt)], [7n])
 *
 * const points = shared.struct({ x: 'f64', id: 'i32' }, 2)
 * points.x[1] = 0.5
 * deepEqual(points.get(1), { x: 0.5, id: 0 })
 * ```
 *
 * @throws {OptionError} if a length is not a whole number
 */
export const shared: Shared = {
  ...(Object.fromEntries(kinds.map(kind => [kind, maker(kind)])) as unknown as Makers),
  struct,
}
