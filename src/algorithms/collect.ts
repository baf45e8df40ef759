import type { Element, Numbers } from '../data/kinds.ts'
import { makePar } from '../par/par.ts'

const par = makePar<'value'>(undefined)

/** What the functions of this file take: an array, a typed array or another iterable. */
type Values<T> = readonly T[] | Iterable<T> | (Numbers & Iterable<T>)

/**
 * Combines all elements with `op`, an associative function that travels as text or is a task: `par(values).reduce(op,
 * identity)`. Which elements are combined first depends on the length alone, so floats have the same bits on any number
 * of workers.
 *
 * Runs in the task that calls it and on idle workers; shared arrays are read where they are, others are copied when
 * another worker takes part.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { reduce, shared } from 'filch'
 *
 * equal(reduce(shared.f64(101, i => i), (a, b) => a + b, 0), 5050)
 * equal(reduce(['a', 'b', 'c'], (a, b) => a + b, ''), 'abc')
 * ```
 *
 * @throws {TypeError} if there is nothing and no identity
 * @throws {TaskError} if `op` is no body, or uses a variable that it cannot see (`ERR_FILCH_FREE_VARIABLE`)
 */
export function reduce<A extends Numbers>(
  values: A,
  op: (a: Element<A>, b: Element<A>) => Element<A>,
  ...identity: [identity?: Element<A>]
): Element<A>
export function reduce<T>(values: Values<T>, op: (a: T, b: T) => T, ...identity: [identity?: T]): T
export function reduce<T>(values: Values<T>, op: (a: T, b: T) => T, ...identity: [identity?: T]): T {
  return par(values as readonly T[]).reduce(op, ...identity)
}

/**
 * The elements by what `key` returns for them: `par(values).groupBy(key)`. Keys come in the order of first occurrence,
 * elements in theirs, and keys are told apart as by a `Map`.
 *
 * Runs in the task that calls it and on idle workers. What another worker has grouped is copied back: worth it where
 * `key` costs more than that.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { groupBy } from 'filch'
 *
 * deepEqual(groupBy(['fig', 'pear', 'kiwi'], word => word.length), new Map([[3, ['fig']], [4, ['pear', 'kiwi']]]))
 * ```
 *
 * @throws {TaskError} if `key` is no body, or uses a variable that it cannot see (`ERR_FILCH_FREE_VARIABLE`)
 */
export function groupBy<A extends Numbers, K>(
  values: A,
  key: (value: Element<A>, index: number) => K,
): Map<K, Element<A>[]>
export function groupBy<T, K>(values: Values<T>, key: (value: T, index: number) => K): Map<K, T[]>
export function groupBy<T, K>(values: Values<T>, key: (value: T, index: number) => K): Map<K, T[]> {
  return par(values as readonly T[]).groupBy(key)
}

/**
 * How many elements have each key: `par(values).countBy(key)`. As {@link groupBy}, and cheaper: what crosses is a
 * number for each key.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { countBy } from 'filch'
 *
 * deepEqual(countBy(['fig', 'pear', 'kiwi'], word => word.length), new Map([[3, 1], [4, 2]]))
 * ```
 *
 * @throws {TaskError} if `key` is no body, or uses a variable that it cannot see (`ERR_FILCH_FREE_VARIABLE`)
 */
export function countBy<A extends Numbers, K>(values: A, key: (value: Element<A>, index: number) => K): Map<K, number>
export function countBy<T, K>(values: Values<T>, key: (value: T, index: number) => K): Map<K, number>
export function countBy<T, K>(values: Values<T>, key: (value: T, index: number) => K): Map<K, number> {
  return par(values as readonly T[]).countBy(key)
}
