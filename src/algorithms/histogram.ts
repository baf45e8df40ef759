import type { Numbers } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import { APART, ofKind } from '../par/body.ts'
import * as check from '../par/check.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import { type Block, blockOf, boundsOf, given, nextSpan, par, type Ramp, refuseBigInts } from './blocks.ts'

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
  readonly max: number
}

/**
 * How many elements of a typed array fall into each of `bins` bins of equal width.
 *
 * Runs in the task that calls it and on idle workers, each with counters of its own; reads the array once. One that is
 * not shared is copied first.
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
  const { min = 0, max = bins } = check.options('histogram', options, ['min', 'max'])
  if (!Number.isFinite(min) || !Number.isFinite(max) || !(min < max)) {
    throw new OptionError('histogram: min and max', [min, max], 'Give two numbers, the smaller one first.')
  }
  const block = blockOf(xs.length)
  const plan: Count = { xs, block, bins, min, max }
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

/** Counts until an element has no bin; returns its place, or `end`. */
type Loop = (
  xs: Float64Array,
  begin: number,
  end: number,
  counts: Uint32Array,
  min: number,
  scale: number,
  last: number,
) => number

interface Loops extends Ramp {
  readonly plain: Loop
  readonly scaled: Loop
}

const makeLoops = (): Loops => ({
  span: 8,
  plain: (xs, begin, end, counts) => {
    const { length } = counts
    const last = end | 0
    let i = begin | 0
    for (; i < last; i++) {
      const x = xs[i]!
      if (!(x >= 0 && x < length)) break
      counts[x | 0]!++
    }
    return i
  },
  scaled: (xs, begin, end, counts, min, scale, last) => {
    const { length } = counts
    const stop = end | 0
    let i = begin | 0
    for (; i < stop; i++) {
      const x = xs[i]!
      const bin = (x - min) * scale
      if (bin >= 0 && bin < length) counts[bin | 0]!++
      // Rounding may put what is just below it beyond the last bin, too.
      else if (x <= last && bin >= length) counts[length - 1]!++
      else break
    }
    return i
  },
})

const countBlock = ownTask((at: number, plan: Count): Uint32Array => {
  const [begin, end] = boundsOf(at, plan)
  const { bins, min, max } = plan
  const counts = new Uint32Array(bins)
  const xs = plan.xs as Float64Array
  const loops = ofKind(makeLoops, xs)
  const { plain, scaled } = loops
  const scale = bins / (max - min)
  let i = begin
  for (let to = begin; i === to && to < end;) {
    to = Math.min(end, to + nextSpan(loops))
    // The maximum itself belongs to the last bin, and the plain loop does not know it: it is met seldom, so the other
    // loop goes on from there.
    if (min === 0 && max === bins) i = plain.call(APART, xs, i, to, counts, 0, 1, 0)
    if (i < to) i = scaled.call(APART, xs, i, to, counts, min, scale, max)
  }
  if (i === end) return counts
  throw new RangeError(
    `histogram: element ${i} is ${xs[i]}, and the bins reach from ${min} to ${max}. Give min and max.`,
  )
})
