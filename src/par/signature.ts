import type { Numbers } from '../data/kinds.ts'

/**
 * A function of a chain: it gets the element and its index in the source, and between them the variables of `with`, if
 * there are any. After a `filter` or a `flatMap`, too, the index counts in the source.
 */
export type Each<T, E, R> = [E] extends [undefined]
  ? (value: T, index: number) => R
  : (value: T, variables: E, index: number) => R

/** The same with two values. */
export type Both<T, U, E, R> = [E] extends [undefined]
  ? (value: T, other: U, index: number) => R
  : (value: T, other: U, variables: E, index: number) => R

type Bigs = 'BigInt64Array' | 'BigUint64Array'
type Floats = 'Float32Array' | 'Float64Array'
type Ints =
  | 'Int8Array'
  | 'Int16Array'
  | 'Int32Array'
  | 'Uint8Array'
  | 'Uint8ClampedArray'
  | 'Uint16Array'
  | 'Uint32Array'

/** A typed array over memory that is not shared. */
interface Unshared {
  readonly [Symbol.toStringTag]: Ints | Floats | Bigs
  readonly buffer: ArrayBuffer
}

type Mutator = 'copyWithin' | 'fill' | 'reverse' | 'set' | 'sort'

/**
 * A typed array as a body sees it. What is not shared may be a copy, in which writes are lost, so it is read only; it
 * can still be given to functions that take such an array.
 */
export type Seen<A> = A extends Unshared ? { readonly [K in keyof A]: K extends Mutator ? never : A[K] } : A

/** What a function that returns `R` must be besides: not async. */
export type Sync<R> = unknown extends R
  ? unknown
  : [R] extends [never]
    ? unknown
    : R extends PromiseLike<unknown>
      ? 'a body runs to its end on one worker and cannot be async: await before or after the chain'
      : unknown

/** What the variables of `with` must be besides: no function that is not a task. */
export type Sendables<V> = {
  readonly [K in keyof V]: V[K] extends (...args: never[]) => unknown
    ? V[K] extends { readonly fork: unknown; readonly join: unknown }
      ? unknown
      : 'a function that is not a task cannot cross threads: make it a task at the top level of its module'
    : unknown
}

/** The variables of `with` as a body sees them. */
export type Given<V> = { readonly [K in keyof V]: Seen<V[K]> }

/** What a chain's end returns: the value itself, or a promise where the caller must not wait. */
export type Outcome<M extends Mode, R> = M extends 'promise' ? Promise<R> : R

export type Mode = 'value' | 'promise'

/** What can be zipped: sources with an order and a length. */
export type Zippable<U> = readonly U[] | (Numbers & { readonly [index: number]: U })
