import { allocate, kindOf, type Numbers } from '../data/kinds.ts'
import { ownTask } from '../par/own.ts'
import { par } from './blocks.ts'
import { giveBack } from '../data/scratch.ts'

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
 * A new shared array of what all blocks have packed, in order. In a task. The scratch was borrowed, and is given back.
 */
export function together({ scratch, counts }: Packing, block: number): Numbers {
  let length = 0
  const starts = counts.map(count => (length += count) - count)
  const target = allocate(kindOf(scratch)!, length)
  par(counts.length)
    .with({ scratch, target, starts, block } satisfies Move)
    .forEach(moveBlock)
  giveBack(scratch)
  return target
}

const moveBlock = ownTask((at: number, { scratch, target, starts, block }: Move): void => {
  const count = (at + 1 < starts.length ? starts[at + 1]! : target.length) - starts[at]!
  target.set(scratch.subarray(at * block, at * block + count) as never, starts[at])
})
