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

/** What a chain's end returns: the value itself, or a promise where the caller must not wait. */
export type Outcome<M extends Mode, R> = M extends 'promise' ? Promise<R> : R

export type Mode = 'value' | 'promise'

/** What can be zipped: sources with an order and a length. */
export type Zippable<U> = readonly U[] | (Numbers & { readonly [index: number]: U })
