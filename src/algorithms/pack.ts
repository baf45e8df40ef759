import { type ArrayOf, isShared, type Kind, kindOf, type Numbers } from '../data/kinds.ts'
import { borrow } from '../data/scratch.ts'
import { OptionError } from '../errors.ts'
import { APART, type Body, bodyOf, specialised, textMayRun } from '../par/body.ts'
import * as check from '../par/check.ts'
import { explained } from '../par/explained.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import { workerIndex } from '../task/place.ts'
import { given, nextSpan, par, type Ramp } from './blocks.ts'
import { type Sweep, sweep } from './sweep.ts'
import { release, together } from './together.ts'

/**
 * Filter into shared memory. Each block packs what it keeps at its own place in scratch memory, and writes down how
 * many that are; the counts are summed up, so that each block knows where its elements go; in a second pass they move
 * there (Blelloch, "Prefix sums and their applications", 1990). Where the target is there already, a worker that knows
 * what lies before its block packs into the target itself: one pass as long as nobody helps.
 */
const BLOCK = 1 << 14

interface Pack {
  readonly xs: Numbers
  readonly keep: Body
  readonly scratch: Numbers
  /** Of each block. */
  readonly counts: Int32Array
}

/** Where the result goes. */
export interface PackOptions {
  /**
   * An array of the same kind, long enough for what is kept: a view of its beginning is returned, and what follows may
   * be overwritten, too. Default: a new shared array.
   */
  readonly into?: Numbers
}

type Keep<A extends Numbers> = (value: A[number], index: number) => unknown

/**
 * The elements for which `keep(element, index)` is true, in order, in a new shared array of the same kind. `keep`
 * travels as text, or is a task: see {@link par}.
 *
 * Runs in the task that calls it and on idle workers. Needs as much memory again, and the result, which in fresh memory
 * cost more than the rest: give `into`, as long as the array, for a result that is made again and again, and it takes a
 * single pass. An array that is not shared is copied first. Several times as fast as
 * `par(array).filter(keep).toShared(kind)`, which has to gather values before it knows how many there are.
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
  const xs = given('pack', array)
  const body = bodyOf(keep, 'pack')
  return explained([body], () => inside(() => packed(xs, body, keep, into))) as ArrayOf<Kind> & A
}

/**
 * Two new shared arrays: the elements for which `fn(element, index)` is true, and the others, both in order. Otherwise as
 * {@link pack}.
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
  const xs = given('partition', array)
  const body = bodyOf(fn, 'partition')
  return explained([body], () =>
    inside(() => {
      const yes = planOf(xs, body)
      const no = planOf(xs, body)
      const split: Split = { ...yes, others: no.scratch, otherCounts: no.counts }
      const alone = aloneLoops(body, fn)
      if (alone === undefined) par(yes.counts.length).with(split).forEach(splitBlock)
      else for (let at = 0; at < yes.counts.length; at++) splitOne(at, split, alone)
      return [together(yes, BLOCK), together(no, BLOCK)]
    }),
  ) as [ArrayOf<Kind> & A, ArrayOf<Kind> & A]
}

function planOf(xs: Numbers, keep: Body): Pack {
  const scratch: Numbers = borrow(kindOf(xs)!, xs.length)
  return { xs, keep, scratch, counts: borrow('i32', Math.ceil(xs.length / BLOCK)) }
}

function packed(xs: Numbers, body: Body, keep: unknown, into: Numbers | undefined): Numbers {
  const plan = planOf(xs, body)
  const alone = aloneLoops(body, keep)
  // A shorter one may turn out too short when some of it is written.
  if (into !== undefined && isShared(into) && into.length >= xs.length) {
    const length = packInto(plan, into, alone)
    release(plan)
    return (into as Float64Array).subarray(0, length)
  }
  if (alone === undefined) par(plan.counts.length).with(plan).forEach(packBlock)
  else for (let at = 0; at < plan.counts.length; at++) packOne(at, plan, alone)
  if (into === undefined) return together(plan, BLOCK)
  const length = plan.counts.reduce((sum, count) => sum + count, 0)
  if (into.length < length) {
    throw new OptionError('pack: the length of into', into.length, `${length} elements are kept.`)
  }
  const target = (into as Float64Array).subarray(0, length)
  if (isShared(into)) return together(plan, BLOCK, target)
  target.set(together(plan, BLOCK) as never)
  return target
}

/** Returns how many there are. */
function packInto(plan: Pack, into: Numbers, alone: Loops | undefined): number {
  const { xs, scratch, counts } = plan
  const made = alone ?? loops(plan.keep)
  let length = 0
  const all: Sweep<Pack> = {
    plan,
    alone: alone !== undefined,
    ahead: packAhead,
    here(block) {
      length = packOf(made, xs, block, into, length)
    },
    known(from, to) {
      const target = (into as Float64Array).subarray(length)
      const move = { scratch: (scratch as Float64Array).subarray(from * BLOCK), counts: counts.subarray(from, to) }
      length += together(move, BLOCK, target).length
    },
  }
  sweep(all, 0, counts.length)
  return length
}

const packAhead = ownTask((plan: Pack, from: number, to: number, home: number): boolean => {
  if (workerIndex() === home) return false
  par.range(from, to).with(plan).forEach(packBlock)
  return true
})

const packBlock = ownTask((at: number, plan: Pack): void => packOne(at, plan, loops(plan.keep)))

function packOne(at: number, { xs, scratch, counts }: Pack, made: Loops): void {
  counts[at] = packOf(made, xs, at, scratch, at * BLOCK) - at * BLOCK
}

/** Packs a block; returns where the next element would go. */
function packOf(made: Loops, xs: Numbers, block: number, to: Numbers, start: number): number {
  const end = Math.min(xs.length, (block + 1) * BLOCK)
  let next = start
  for (let lo = block * BLOCK; lo < end;) {
    const hi = Math.min(end, lo + nextSpan(made))
    next = made.pack.call(APART, xs as Float64Array, lo, hi, to as Float64Array, next)
    lo = hi
  }
  return next
}

interface Split extends Pack {
  readonly others: Numbers
  readonly otherCounts: Int32Array
}

const splitBlock = ownTask((at: number, plan: Split): void => splitOne(at, plan, loops(plan.keep)))

function splitOne(at: number, { xs, scratch, counts, others, otherCounts }: Split, made: Loops): void {
  const begin = at * BLOCK
  const end = Math.min(xs.length, begin + BLOCK)
  const yes = scratch as Float64Array
  const no = others as Float64Array
  let next = begin
  for (let lo = begin; lo < end;) {
    const hi = Math.min(end, lo + nextSpan(made))
    next = made.split.call(APART, xs as Float64Array, lo, hi, yes, no, next, begin + lo - next)
    lo = hi
  }
  counts[at] = next - begin
  otherCounts[at] = end - next
}

/** Both return where the next element that is kept would go. */
interface Loops extends Ramp {
  pack(xs: Float64Array, lo: number, hi: number, to: Float64Array, start: number): number
  split(
    xs: Float64Array,
    lo: number,
    hi: number,
    yes: Float64Array,
    no: Float64Array,
    start: number,
    noStart: number,
  ): number
}

/**
 * Each element is written, and the next one over it if it is not kept. `Number` of a boolean is no branch, so none is
 * guessed wrong: with `? 1 : 0` in its place, elements that are kept at random take six times as long.
 */
const makeLoops = (keep: Keep<Float64Array>): Loops => ({
  span: 8,
  pack(xs, lo, hi, to, start) {
    const end = hi | 0
    let at = start | 0
    for (let i = lo | 0; i < end; i++) {
      const x = xs[i]!
      to[at] = x
      at = (at + Number(Boolean(keep(x, i)))) | 0
    }
    return at
  },
  split(xs, lo, hi, yes, no, start, noStart) {
    const all = (start + noStart - lo) | 0
    const end = hi | 0
    let at = start | 0
    for (let i = lo | 0; i < end; i++) {
      const x = xs[i]!
      yes[at] = x
      no[all + i - at] = x
      at = (at + Number(Boolean(keep(x, i)))) | 0
    }
    return at
  },
})

function loops(keep: Body): Loops {
  return specialised<Keep<Float64Array>, Loops>(makeLoops, keep)
}

/** Where text may not run, and nobody can help. */
function aloneLoops(body: Body, fn: unknown): Loops | undefined {
  return typeof body === 'string' && !textMayRun() ? makeLoops(fn as Keep<Float64Array>) : undefined
}
