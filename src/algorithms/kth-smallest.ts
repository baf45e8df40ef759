import { allocate, kindOf, type Numbers } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import { type Block, blockOf, boundsOf, given, par } from './blocks.ts'
import { random } from './random.ts'
import { borrow } from '../data/scratch.ts'
import { sort } from './sort.ts'
import { type Packing, together } from './together.ts'

/**
 * Selection by sampling (Floyd and Rivest, "Expected time bounds for selection", 1975): of a sorted sample two elements
 * are taken that have the wanted one between them in all likelihood; one pass side by side counts what lies below and
 * packs what lies between, a few percent, and the search goes on there.
 */

/** Fewer are sorted. */
const FEW = 1 << 14
const SAMPLE = 1 << 12
/** Standard deviations of the rank between the two. */
const MARGIN = 4

interface Split extends Block {
  readonly low: number
  readonly high: number
  readonly below: Int32Array
  readonly between: Packing
}

/**
 * The element that would be at index `k` if the array were sorted as {@link sort} sorts it: 0 for the smallest. The
 * array stays as it is.
 *
 * Runs in the task that calls it and on idle workers: about one pass over the array, whatever `k` is, and memory for as
 * many elements again. Where the sample misleads, as with few different values, a copy is sorted.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { kthSmallest, shared } from 'filch'
 *
 * const xs = shared.f64(100_001, i => (i * 7919) % 100_001)
 * equal(kthSmallest(xs, 50_000), 50_000)
 * ```
 *
 * @throws {OptionError} if it is no typed array, or `k` is no index of it
 */
export function kthSmallest<A extends Numbers>(array: A, k: number): A[number] {
  const all = given('kthSmallest', array)
  if (!Number.isInteger(k) || k < 0 || k >= all.length) {
    throw new OptionError('kthSmallest: k', k, `Give a whole number from 0 to ${all.length - 1}.`)
  }
  return inside(() => {
    let xs: Numbers = all
    let rank = k
    while (xs.length > FEW) {
      const found = narrow(xs, rank)
      if (found === undefined) break
      xs = found.xs
      rank = found.rank
    }
    const rest = allocate(kindOf(xs)!, xs.length) as Numbers
    rest.set(xs as never)
    return sort(rest)[rank]!
  })
}

/** What is left if all that lies surely below or above is dropped. Undefined: the sample says too little. */
function narrow(xs: Numbers, rank: number): { readonly xs: Numbers; readonly rank: number } | undefined {
  const { length } = xs
  const sample = allocate(kindOf(xs)!, SAMPLE) as Float64Array
  for (let i = 0; i < SAMPLE; i++) sample[i] = xs[Math.floor(random(length, i) * length)] as number
  sample.sort()
  const place = (rank / length) * SAMPLE
  const margin = MARGIN * Math.sqrt(SAMPLE / 4)
  const low = sample[Math.max(0, Math.floor(place - margin))]!
  const high = sample[Math.min(SAMPLE - 1, Math.ceil(place + margin))]!
  const block = blockOf(length)
  const blocks = Math.ceil(length / block)
  const between: Packing = { scratch: borrow(kindOf(xs)!, length), counts: borrow('i32', blocks) }
  const below = allocate('i32', blocks)
  par(blocks)
    .with({ xs, block, low, high, below, between } satisfies Split)
    .forEach(split)
  const under = below.reduce((sum, count) => sum + count, 0)
  const inner = between.counts.reduce((sum, count) => sum + count, 0)
  if (rank < under || rank >= under + inner || inner > length / 2) return undefined
  return { xs: together(between, block), rank: rank - under }
}

const split = ownTask((at: number, plan: Split): void => {
  const [begin, end] = boundsOf(at, plan)
  const { low, high } = plan
  const xs = plan.xs as Float64Array
  const to = plan.between.scratch as Float64Array
  let under = 0
  let next = begin
  for (let i = begin; i < end; i++) {
    const x = xs[i]!
    if (x < low) under++
    // A NaN is neither, and so it counts as above.
    else if (x <= high) to[next++] = x
  }
  plan.below[at] = under
  plan.between.counts[at] = next - begin
})
