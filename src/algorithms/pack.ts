import { allocate, type ArrayOf, type Kind, kindOf, type Numbers } from '../data/kinds.ts'
import { type Body, bodyOf, specialised, textMayRun } from '../par/body.ts'
import { explained } from '../par/explained.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import { type Block, blockOf, boundsOf, given, par } from './blocks.ts'

/** Filter into shared memory: each block packs what it keeps at its own place, then all are moved together. */

interface Pack extends Block {
  readonly scratch: Numbers
  readonly counts: Int32Array
  readonly keep: Body
}

interface Move extends Block {
  readonly scratch: Numbers
  readonly target: Numbers
  readonly starts: Int32Array
}

/**
 * The elements for which `keep(element, index)` is true, in order, in a new shared array of the same kind. `keep` travels as text, or is a task.
 * Several times as fast as `par(array).filter(keep).toShared(kind)`, which has to gather values before it knows how many there are.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { pack, shared } from 'filch'
 *
 * deepEqual([...pack(shared.i32([5, -1, 4, -2]), x => x > 0)], [5, 4])
 * ```
 */
export function pack<A extends Numbers>(
  array: A,
  keep: (value: A[number], index: number) => unknown,
): ArrayOf<Kind> & A {
  const xs = given('pack', array)
  const kind = kindOf(xs)!
  const block = blockOf(xs.length)
  const blocks = Math.ceil(xs.length / block)
  const body = bodyOf(keep, 'pack')
  const scratch = allocate(kind, xs.length)
  const counts = allocate('i32', blocks)
  const plan: Pack = { xs, block, scratch, counts, keep: body }
  return explained([body], () =>
    inside(() => {
      if (typeof body === 'string' && !textMayRun()) {
        for (let at = 0; at < blocks; at++) packInto(at, plan, makeLoop(keep))
      } else par(blocks).with(plan).forEach(packBlock)
      let length = 0
      const starts = counts.map(count => (length += count) - count)
      const target = allocate(kind, length)
      par(blocks).with({ xs, block, scratch, target, starts }).forEach(moveBlock)
      return target as never
    }),
  )
}

type Keep = (value: number, index: number) => unknown
type Loop = (xs: Float64Array, lo: number, hi: number, to: Float64Array) => number

const makeLoop = (keep: Keep): Loop => {
  return (xs, lo, hi, to) => {
    let at = lo
    for (let i = lo; i < hi; i++) {
      const x = xs[i]!
      if (keep(x, i)) to[at++] = x
    }
    return at - lo
  }
}

const packBlock = ownTask((at: number, plan: Pack): void => {
  packInto(at, plan, specialised<Keep, Loop>(makeLoop, plan.keep))
})

function packInto(at: number, plan: Pack, loop: Loop): void {
  const [begin, end] = boundsOf(at, plan)
  plan.counts[at] = loop(plan.xs as Float64Array, begin, end, plan.scratch as Float64Array)
}

const moveBlock = ownTask((at: number, { xs, block, scratch, target, starts }: Move): void => {
  const [begin] = boundsOf(at, { xs, block })
  const count = (at + 1 < starts.length ? starts[at + 1]! : target.length) - starts[at]!
  target.set(scratch.subarray(begin, begin + count) as never, starts[at])
})
