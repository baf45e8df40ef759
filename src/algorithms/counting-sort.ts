import { ownTask } from '../par/own.ts'
import { par } from './blocks.ts'

/** Counting sort (Seward, 1954) for what has few values: 8 and 16 bits. */

/** Cut by length alone; each costs its counters. */
const MOST_BLOCKS = 64
const LEAST_BLOCK = 1 << 16

interface Span {
  readonly values: Uint8Array
  readonly lowest: number
  readonly block: number
}

export function countingSort(values: Uint8Array): void {
  const bits = 8 * values.BYTES_PER_ELEMENT
  const lowest = values instanceof Int8Array || values instanceof Int16Array ? -(2 ** (bits - 1)) : 0
  const block = Math.max(LEAST_BLOCK, Math.ceil(values.length / MOST_BLOCKS))
  const counts = par(Math.ceil(values.length / block))
    .with({ values, lowest, block })
    .map<Float64Array>(countBlock)
    .reduce((a, b) => {
      for (let i = 0; i < a.length; i++) a[i]! += b[i]!
      return a
    })
  let at = 0
  for (let i = 0; i < counts.length; i++) {
    values.fill(i + lowest, at, at + counts[i]!)
    at += counts[i]!
  }
}

const countBlock = ownTask((at: number, { values, lowest, block }: Span): Float64Array => {
  const counts = new Float64Array(2 ** (8 * values.BYTES_PER_ELEMENT))
  const end = Math.min(values.length, (at + 1) * block)
  for (let i = at * block; i < end; i++) counts[values[i]! - lowest]! += 1
  return counts
})
