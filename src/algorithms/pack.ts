import { allocate, type ArrayOf, type Kind, kindOf, type Numbers } from '../data/kinds.ts'
import { type Body, bodyOf, specialised, textMayRun } from '../par/body.ts'
import { explained } from '../par/explained.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import { type Block, blockOf, given, par } from './blocks.ts'
import { type Packing, together } from './together.ts'

/** Filter into shared memory: each block packs what it keeps at its own place, then all are moved together (Blelloch, "Prefix sums and their applications", 1990). */

interface Pack extends Block {
  readonly keep: Body
  readonly yes: Packing
  /** What is not kept, where that is wanted. */
  readonly no: Packing | null
}

type Keep<A extends Numbers> = (value: A[number], index: number) => unknown

/**
 * The elements for which `keep(element, index)` is true, in order, in a new shared array of the same kind. `keep` travels as text, or is a task: see {@link par}.
 *
 * Runs in the task that calls it and on idle workers. Reads the array once and writes what is kept twice, with as much memory as the array has. An array that is
 * not shared is copied first. Several times as fast as `par(array).filter(keep).toShared(kind)`, which has to gather values before it knows how many there are.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { pack, shared } from 'filch'
 *
 * deepEqual([...pack(shared.i32([5, -1, 4, -2]), x => x > 0)], [5, 4])
 * ```
 *
 * @throws {OptionError} if it is no typed array
 * @throws {TaskError} if `keep` is no body, or uses a variable that it cannot see (`ERR_FILCH_FREE_VARIABLE`)
 */
export function pack<A extends Numbers>(array: A, keep: Keep<A>): ArrayOf<Kind> & A {
  return divide('pack', array, keep, false)[0] as ArrayOf<Kind> & A
}

/**
 * Two new shared arrays: the elements for which `fn(element, index)` is true, and the others, both in order. Costs what {@link pack} costs, twice the writing.
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

function divide(what: string, array: Numbers, fn: (value: never, index: number) => unknown, both: boolean): Numbers[] {
  const xs = given(what, array)
  const block = blockOf(xs.length)
  const blocks = Math.ceil(xs.length / block)
  const body = bodyOf(fn, what)
  const packing = (): Packing => ({ scratch: allocate(kindOf(xs)!, xs.length), counts: allocate('i32', blocks) })
  const plan: Pack = { xs, block, keep: body, yes: packing(), no: both ? packing() : null }
  return explained([body], () =>
    inside(() => {
      if (typeof body === 'string' && !textMayRun()) {
        const { one, two } = makeLoops(fn as never)
        for (let at = 0; at < blocks; at++) packInto(at, plan, one, two)
      } else par(blocks).with(plan).forEach(packBlock)
      return [together(plan.yes, block), ...(plan.no === null ? [] : [together(plan.no, block)])]
    }),
  )
}

interface Loops {
  readonly one: (xs: Float64Array, lo: number, hi: number, to: Float64Array) => number
  readonly two: (xs: Float64Array, lo: number, hi: number, to: Float64Array, others: Float64Array) => number
}

const makeLoops = (keep: Keep<Float64Array>): Loops => ({
  one: (xs, lo, hi, to) => {
    let at = lo
    for (let i = lo; i < hi; i++) {
      const x = xs[i]!
      if (keep(x, i)) to[at++] = x
    }
    return at - lo
  },
  two: (xs, lo, hi, to, others) => {
    let at = lo
    for (let i = lo; i < hi; i++) {
      const x = xs[i]!
      if (keep(x, i)) to[at++] = x
      else others[i - at + lo] = x
    }
    return at - lo
  },
})

const packBlock = ownTask((at: number, plan: Pack): void => {
  const { one, two } = specialised<Keep<Float64Array>, Loops>(makeLoops, plan.keep)
  packInto(at, plan, one, two)
})

function packInto(at: number, { xs, block, yes, no }: Pack, one: Loops['one'], two: Loops['two']): void {
  const lo = at * block
  const hi = Math.min(xs.length, lo + block)
  const from = xs as Float64Array
  if (no === null) yes.counts[at] = one(from, lo, hi, yes.scratch as Float64Array)
  else {
    const kept = two(from, lo, hi, yes.scratch as Float64Array, no.scratch as Float64Array)
    yes.counts[at] = kept
    no.counts[at] = hi - lo - kept
  }
}
