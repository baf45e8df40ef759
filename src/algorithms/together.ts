import { allocate, kindOf, type Numbers } from '../data/kinds.ts'
import { APART, ofKind } from '../par/body.ts'
import { ownTask } from '../par/own.ts'
import { par } from './blocks.ts'
import { borrow, giveBack } from '../data/scratch.ts'
import { makeCopy } from './copy.ts'

/** Elements that each block has packed at its own beginning, and how many there are of each. */
export interface Packing {
  readonly scratch: Numbers
  readonly counts: Int32Array
}

interface Move {
  readonly scratch: Numbers
  readonly target: Numbers
  readonly starts: Int32Array
  readonly block: number
}

/**
 * What all blocks have packed, in order: in a new shared array, and the packing was borrowed and is given back; or at
 * the beginning of `into`. In a task.
 */
export function together({ scratch, counts }: Packing, block: number, into?: Numbers): Numbers {
  const starts = borrow('i32', counts.length)
  let length = 0
  for (let at = 0; at < counts.length; at++) {
    starts[at] = length
    length += counts[at]!
  }
  const target = into === undefined ? allocate(kindOf(scratch)!, length) : (into as Float64Array).subarray(0, length)
  par(counts.length)
    .with({ scratch, target, starts, block } satisfies Move)
    .forEach(moveBlock)
  giveBack(starts)
  if (into === undefined) release({ scratch, counts })
  return target
}

/** What was borrowed for it is not needed any more. */
export function release({ scratch, counts }: Packing): void {
  giveBack(scratch)
  giveBack(counts)
}

const moveBlock = ownTask((at: number, { scratch, target, starts, block }: Move): void => {
  const count = (at + 1 < starts.length ? starts[at + 1]! : target.length) - starts[at]!
  const start = starts[at]!
  ofKind(makeCopy, scratch).call(APART, scratch as Float64Array, at * block, target as Float64Array, start, count)
})
