import { allocate, kindOf, type Numbers } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import * as check from '../par/check.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import { par } from './blocks.ts'
import { permute } from './permute.ts'
import { radixSort } from './radix.ts'
import type { Task } from '../task/task.ts'

/**
 * Number `index` of the stream of random numbers that belongs to `seed`: at least 0, less than 1, 53 bits. There is no
 * state, so any worker can draw any number, in any order, and gets the same (after Salmon et al., "Parallel random
 * numbers: as easy as 1, 2, 3", 2011). Not for secrets. A task, so it can be given to chains: `par(count).with({ seed
 * }).map(…)` calls it as {@link randoms} does.
 *
 * A plain call, some 12 ns. The index has 53 bits, so a stream splits into two million of four thousand million numbers
 * each: number `i` of stream `s` has index `s * 2 ** 32 + i`.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { random } from 'filch'
 *
 * equal(random(7, 0), random(7, 0))
 * equal(random(7, 0) === random(7, 1), false)
 * ```
 */
export const random: Task<(seed: number, index: number) => number> = ownTask((seed: number, index: number): number => {
  // Two counters of 32 bits, mixed with each other and the seed by four rounds of a Feistel network whose function is
  // the finalizer of MurmurHash3.
  let left = index | 0
  let right = (Math.floor(index / 0x1_0000_0000) ^ Math.imul(seed, 0x9e3779b1)) | 0
  for (let round = 1; round <= 4; round++) {
    let h = (right + Math.imul(round, 0x85ebca6b) + seed) | 0
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    const mixed = left ^ h ^ (h >>> 16)
    left = right
    right = mixed
  }
  return ((left >>> 5) * 0x400_0000 + (right >>> 6)) / 0x20_0000_0000_0000
})

/**
 * The first `length` numbers of a stream, see {@link random}, in a new shared array.
 *
 * Runs in the task that calls it and on idle workers, at some 17 ns a number. The stream splits by the index: for
 * streams of their own, give each a range of indices of {@link random}.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { random, randoms } from 'filch'
 *
 * equal(randoms(1000, 7)[999], random(7, 999))
 * ```
 *
 * @throws {OptionError} if the length is no whole number
 */
export function randoms(length: number, seed: number): Float64Array<SharedArrayBuffer> {
  check.count('randoms: the length', length)
  return inside(() => par(length).with({ seed }).map(draw).into(allocate('f64', length)))
}

const draw = ownTask((index: number, { seed }: { readonly seed: number }): number => random(seed, index))

/**
 * Shuffles in place and returns the array; the same `seed` gives the same order, on any number of workers. Every order
 * is possible that 2^53 different keys can tell apart: elements are sorted by random numbers.
 *
 * Runs in the task that calls it and on idle workers: a radix sort of as many doubles, then a random read for each
 * element. An array that is not shared is copied there and back; the elements of an ordinary array stay in this thread.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { shared, shuffle } from 'filch'
 *
 * const cards = shuffle(shared.u8(52, i => i), 2026)
 * deepEqual(cards, shuffle(shared.u8(52, i => i), 2026))
 * deepEqual([...cards].sort((a, b) => a - b), Array.from({ length: 52 }, (_, i) => i))
 * ```
 *
 * @throws {OptionError} if it is no array, or the seed no number
 */
export function shuffle<A extends Numbers | unknown[]>(array: A, seed: number): A {
  if (!Array.isArray(array) && kindOf(array) === undefined) {
    throw new OptionError('shuffle: the array', array, 'Give an array or a typed array.')
  }
  if (typeof seed !== 'number') throw new OptionError('shuffle: the seed', seed, 'Give a number.')
  return inside(() => {
    const places = par(array.length).into(allocate('i32', array.length))
    radixSort(randoms(array.length, seed), places)
    if (Array.isArray(array)) {
      const values = array.slice()
      for (let i = 0; i < values.length; i++) array[i] = values[places[i]!]
      return array
    }
    permute(array, places)
    return array
  })
}
