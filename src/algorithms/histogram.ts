import type { Numbers } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import { type Block, blockOf, boundsOf, given, par, refuseBigInts } from './blocks.ts'

/** What the bins of a histogram cover: from `min` to before `max`, and `max` itself in the last one. */
export interface HistogramOptions {
  /** Default 0. */
  readonly min?: number
  /** Default: the number of bins, so that bin `i` counts what is at least `i` and less than `i + 1`. */
  readonly max?: number
}

interface Count extends Block {
  readonly bins: number
  readonly min: number
  readonly scale: number
}

/**
 * How many elements of a typed array fall into each of `bins` bins of equal width.
 *
 * Runs in the task that calls it and on idle workers, each with counters of its own; reads the array once. One that is not shared is copied first.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { histogram, shared } from 'filch'
 *
 * deepEqual([...histogram(shared.u8([3, 0, 3, 1]), 4)], [1, 1, 0, 2])
 * deepEqual([...histogram(shared.f64([-1, -0.2, 0.5, 1]), 2, { min: -1, max: 1 })], [2, 2])
 * ```
 *
 * @throws {OptionError} if it is no array of numbers, or `bins`, `min` and `max` are not what they must be
 * @throws {RangeError} if an element lies outside or is `NaN`; it names the first one
 */
export function histogram(array: Numbers, bins: number, options: HistogramOptions = {}): Uint32Array {
  refuseBigInts('histogram', array)
  const xs = given('histogram', array)
  if (!Number.isInteger(bins) || bins < 1) {
    throw new OptionError('histogram: the number of bins', bins, 'Give a whole number, 1 or more.')
  }
  const { min = 0, max = bins } = options
  if (!Number.isFinite(min) || !Number.isFinite(max) || !(min < max)) {
    throw new OptionError('histogram: min and max', [min, max], 'Give two numbers, the smaller one first.')
  }
  const block = blockOf(xs.length)
  const plan: Count = { xs, block, bins, min, scale: bins / (max - min) }
  return inside(() => {
    const counts = new Uint32Array(bins)
    for (const part of par(Math.ceil(xs.length / block))
      .with(plan)
      .map(countBlock)
      .toArray()) {
      for (let i = 0; i < bins; i++) counts[i]! += part[i]!
    }
    return counts
  })
}

const countBlock = ownTask((at: number, plan: Count): Uint32Array => {
  const [begin, end] = boundsOf(at, plan)
  const { bins, min, scale } = plan
  const xs = plan.xs as Float64Array
  // Two sets of counters: equal neighbours do not wait for each other's store.
  const even = new Uint32Array(bins)
  const odd = new Uint32Array(bins)
  const plain = scale === 1 && min === 0
  const last = (bins - 0.5) / scale + min
  const binOf = (i: number): number => {
    const x = xs[i]!
    const bin = plain ? x : (x - min) * scale
    if (bin >= 0 && bin < bins) return bin | 0
    if (bin === bins && x > last) return bins - 1
    throw new RangeError(
      `histogram: element ${i} is ${x}, and the bins reach from ${min} to ${min + bins / scale}. Give min and max.`,
    )
  }
  let i = begin
  for (; i + 1 < end; i += 2) {
    even[binOf(i)]!++
    odd[binOf(i + 1)]!++
  }
  if (i < end) even[binOf(i)]!++
  for (let bin = 0; bin < bins; bin++) even[bin]! += odd[bin]!
  return even
})
