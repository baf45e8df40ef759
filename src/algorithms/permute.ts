import { allocate, isShared, kindOf, type Numbers, toShared } from '../data/kinds.ts'
import { ownTask } from '../par/own.ts'
import { par } from './blocks.ts'

/** Gives each place `i` of the array the element that was at `places[i]`. In a task. */
export function permute(array: Numbers, places: Int32Array): void {
  // From a copy, since the elements go back to where they came from.
  const from = toShared(isShared(array) ? array.slice() : array) as Float64Array
  const to = (isShared(array) ? array : allocate(kindOf(array)!, array.length)) as Float64Array
  par(array.length).with({ from, places }).map(pick).into(to)
  if ((to as Numbers) !== array) array.set(to as never)
}

interface Pick {
  readonly from: Float64Array
  readonly places: Int32Array
}

const pick = ownTask((i: number, { from, places }: Pick): number => from[places[i]!]!)
