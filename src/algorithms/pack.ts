import { allocate, type ArrayOf, isShared, type Kind, kindOf, type Numbers } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import { type Body, bodyOf, ofKind, specialised, textMayRun } from '../par/body.ts'
import * as check from '../par/check.ts'
import { explained } from '../par/explained.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import { type Block, blockOf, boundsOf, given, par } from './blocks.ts'
import { borrow, giveBack } from '../data/scratch.ts'

/**
 * Filter into shared memory: in one pass each block writes down what it keeps, a byte for each element, and how many;
 * the counts are summed up, so that each block knows where its elements go; in a second pass it moves them (Blelloch,
 * "Prefix sums and their applications", 1990). Bytes, because fresh memory costs more than a second look at the array.
 */

interface Pack extends Block {
  readonly keep: Body
  readonly mask: Uint8Array
  readonly counts: Int32Array
}

interface Move extends Block {
  readonly mask: Uint8Array
  /** What is moved: elements with this in their byte. */
  readonly wanted: number
  readonly target: Numbers
  readonly starts: Int32Array
}

/** Where the result goes. */
export interface PackOptions {
  /**
   * An array of the same kind, long enough for what is kept: a view of its beginning is returned. Default: a new shared
   * array.
   */
  readonly into?: Numbers
}

type Keep<A extends Numbers> = (value: A[number], index: number) => unknown

/**
 * The elements for which `keep(element, index)` is true, in order, in a new shared array of the same kind. `keep`
 * travels as text, or is a task: see {@link par}.
 *
 * Runs in the task that calls it and on idle workers. Reads the array twice, and needs a byte for each element besides
 * the result, which in fresh memory costs more than the rest: give `into` for a result that is made again and again. An
 * array that is not shared is copied first. Several times as fast as `par(array).filter(keep).toShared(kind)`, which
 * has to gather values before it knows how many there are.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { pack, shared } from 'filch'
 *
 * deepEqual([...pack(shared.i32([5, -1, 4, -2]), x => x > 0)], [5, 4])
 * const space = shared.i32(100)
 * deepEqual([...pack(shared.i32([5, -1, 4, -2]), x => x < 0, { into: space })], [-1, -2])
 * ```
 *
 * @throws {OptionError} if it is no typed array, or `into` is of another kind or too short
 * @throws {TaskError} if `keep` is no body, or uses a variable that it cannot see (`ERR_FILCH_FREE_VARIABLE`)
 */
export function pack<A extends Numbers>(array: A, keep: Keep<A>, options: PackOptions = {}): ArrayOf<Kind> & A {
  const { into } = check.options('pack', options, ['into'])
  if (into !== undefined && (kindOf(into) !== kindOf(array) || into.buffer === array.buffer)) {
    throw new OptionError('pack: into', into, 'Give another typed array of the same kind, over memory of its own.')
  }
  return divide('pack', array, keep, false, into)[0] as ArrayOf<Kind> & A
}

/**
 * Two new shared arrays: the elements for which `fn(element, index)` is true, and the others, both in order. Costs what
 * {@link pack} costs, and a third look at the array.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { partition, shared } from 'filch'
 *
 * const [even, odd] = partition(shared.i32([1, 2, 3, 4, 5]), x => x % 2 === 0)
 * deepEqual([[...even], [...odd]], [[2, 4], [1, 3, 5]])
 * ```
 *
 * @throws {OptionError} if it is no typed array
 * @throws {TaskError} if `fn` is no body, or uses a variable that it cannot see (`ERR_FILCH_FREE_VARIABLE`)
 */
export function partition<A extends Numbers>(array: A, fn: Keep<A>): [yes: ArrayOf<Kind> & A, no: ArrayOf<Kind> & A] {
  return divide('partition', array, fn, true) as [ArrayOf<Kind> & A, ArrayOf<Kind> & A]
}

function divide(
  what: string,
  array: Numbers,
  fn: (value: never, index: number) => unknown,
  both: boolean,
  into?: Numbers,
): Numbers[] {
  const xs = given(what, array)
  const block = blockOf(xs.length)
  const blocks = Math.ceil(xs.length / block)
  const body = bodyOf(fn, what)
  const plan: Pack = { xs, block, keep: body, mask: borrow('u8', xs.length), counts: allocate('i32', blocks) }
  return explained([body], () =>
    inside(() => {
      if (typeof body === 'string' && !textMayRun()) {
        const loop = makeLoop(fn as never)
        for (let at = 0; at < blocks; at++) mark(at, plan, loop)
      } else par(blocks).with(plan).forEach(markBlock)
      const made = [moved(plan, 1, into), ...(both ? [moved(plan, 0)] : [])]
      giveBack(plan.mask)
      return made
    }),
  )
}

function moved({ xs, block, mask, counts }: Pack, wanted: number, into?: Numbers): Numbers {
  let length = 0
  const starts = counts.map((count, at) => {
    const all = Math.min(block, xs.length - at * block)
    const many = wanted === 1 ? count : all - count
    return (length += many) - many
  })
  if (into !== undefined && into.length < length) {
    throw new OptionError('pack: the length of into', into.length, `${length} elements are kept.`)
  }
  const given = into !== undefined && isShared(into) ? (into as Float64Array).subarray(0, length) : undefined
  const target = given ?? allocate(kindOf(xs)!, length)
  par(counts.length)
    .with({ xs, block, mask, wanted, target, starts } satisfies Move)
    .forEach(moveBlock)
  if (into === undefined || given !== undefined) return target
  into.set(target as never)
  return (into as Float64Array).subarray(0, length)
}

type Mark = (xs: Float64Array, lo: number, hi: number, mask: Uint8Array) => number

const makeLoop = (keep: Keep<Float64Array>): Mark => {
  return (xs, lo, hi, mask) => {
    let count = 0
    for (let i = lo; i < hi; i++) {
      const kept = keep(xs[i]!, i) ? 1 : 0
      mask[i] = kept
      count += kept
    }
    return count
  }
}

const markBlock = ownTask((at: number, plan: Pack): void => {
  mark(at, plan, specialised<Keep<Float64Array>, Mark>(makeLoop, plan.keep))
})

function mark(at: number, plan: Pack, loop: Mark): void {
  const [lo, hi] = boundsOf(at, plan)
  plan.counts[at] = loop(plan.xs as Float64Array, lo, hi, plan.mask)
}

type Compact = (
  xs: Float64Array,
  mask: Uint8Array,
  wanted: number,
  from: number,
  to: Float64Array,
  start: number,
  end: number,
) => void

/** Each element is written, and the next one over it if it was not wanted: no branch that could be guessed wrong. */
const makeCompact = (): Compact => (xs, mask, wanted, from, to, start, end) => {
  const flip = 1 - wanted
  for (let i = from, at = start; at < end; i++) {
    to[at] = xs[i]!
    at += mask[i]! ^ flip
  }
}

const moveBlock = ownTask((at: number, plan: Move): void => {
  const { xs, mask, wanted, target, starts } = plan
  const [from] = boundsOf(at, plan)
  const start = starts[at]!
  const end = at + 1 < starts.length ? starts[at + 1]! : target.length
  ofKind<Compact>(makeCompact, xs)(xs as Float64Array, mask, wanted, from, target as Float64Array, start, end)
})
