import type { Numbers } from '../data/kinds.ts'
import { APART, ofKind } from '../par/body.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import { type Block, blockOf, boundsOf, given, par, refuseBigInts } from './blocks.ts'

/** The smallest and the largest of an array, and where they are: the first of equals. */
export interface MinMax {
  readonly min: number
  readonly minAt: number
  readonly max: number
  readonly maxAt: number
}

/**
 * The smallest and the largest element in one pass, and the places of the first of each. `NaN`s are passed over; -0 and
 * 0 are equal. `undefined` if there is nothing to compare.
 *
 * Runs in the task that calls it and on idle workers, in one pass. An array that is not shared is copied first.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { minmax, shared } from 'filch'
 *
 * deepEqual(minmax(shared.f64([2, NaN, -3, 7, -3])), { min: -3, minAt: 2, max: 7, maxAt: 3 })
 * ```
 *
 * @throws {OptionError} if it is no array of numbers
 */
export function minmax(array: Numbers): MinMax | undefined {
  refuseBigInts('minmax', array)
  const xs = given('minmax', array)
  const block = blockOf(xs.length)
  const all = inside(() =>
    par(Math.ceil(xs.length / block))
      .with({ xs, block })
      .map(ofBlock)
      .toArray(),
  )
  let best: MinMax | undefined
  for (const part of all) {
    if (part.minAt < 0) continue
    if (best === undefined) best = part
    else {
      const { min, minAt } = part.min < best.min ? part : best
      const { max, maxAt } = part.max > best.max ? part : best
      best = { min, minAt, max, maxAt }
    }
  }
  return best
}

type Loop = (xs: Float64Array, begin: number, end: number) => MinMax

const makeLoop = (): Loop => (xs, begin, end) => {
  let min = Infinity
  let max = -Infinity
  let minAt = -1
  let maxAt = -1
  const stop = end | 0
  for (let i = begin | 0; i < stop; i++) {
    const x = xs[i]!
    if (x < min) {
      min = x
      minAt = i
    }
    if (x > max) {
      max = x
      maxAt = i
    }
  }
  // Nothing is less than Infinity if it is all there is.
  for (let i = begin; i < end && (minAt < 0 || maxAt < 0); i++) {
    if (minAt < 0 && xs[i] === Infinity) minAt = i
    if (maxAt < 0 && xs[i] === -Infinity) maxAt = i
  }
  return { min, minAt, max, maxAt }
}

const ofBlock = ownTask((at: number, plan: Block): MinMax => {
  const [begin, end] = boundsOf(at, plan)
  return ofKind<Loop>(makeLoop, plan.xs).call(APART, plan.xs as Float64Array, begin, end)
})
