import { APART } from '../par/body.ts'
import { ownTask } from '../par/own.ts'
import { FIRST, nextSpan, par, type Ramp } from './blocks.ts'

/** Groups of doubles with the same high word. `words` are those of the array, low and high by turns. */

const SAMPLE = 1 << 13
/** Elements with the same high word that are put in order by insertion, seen from one of them, on average. */
const GROUP = 8

/** Whether doubles with the same high word are few, by how many of a sample have one that another has, too. */
export function hasSmallGroups(words: Int32Array): boolean {
  const length = words.length / 2
  const many = Math.min(SAMPLE, length)
  const sample = Int32Array.from({ length: many }, (_, i) => words[2 * Math.floor((i * length) / many) + 1]!).sort()
  let same = 0
  for (let i = 1; i < many; i++) if (sample[i] === sample[i - 1]) same++
  return same <= Math.min(many / 2, (GROUP * many * many) / (2 * length))
}

interface Tidy {
  readonly words: Int32Array
  readonly xs: Float64Array
  readonly block: number
}

/** Puts groups in order; groups follow each other in theirs. In a task. */
export function tidyGroups(xs: Float64Array, words: Int32Array, block: number): void {
  par(Math.ceil(xs.length / block))
    .with({ xs, words, block })
    .forEach(tidy)
}

const ramp: Ramp = { span: FIRST }

/** All groups that begin in a block. */
const tidy = ownTask((at: number, { xs, words, block }: Tidy): void => {
  const { length } = xs
  const begin = groupEnd(words, at * block, length)
  const end = groupEnd(words, Math.min(length, (at + 1) * block), length)
  for (let lo = begin; lo < end;) {
    const hi = Math.min(end, lo + nextSpan(ramp))
    // What was put off is long: the method of the array takes it, and the loop goes on behind.
    const stopped = insertAll.call(APART, xs, lo, hi, begin)
    lo = stopped
    if (stopped === hi) continue
    let from = stopped
    while (from > begin && words[2 * from - 1] === words[2 * stopped + 1]) from--
    lo = groupEnd(words, stopped + 1, length)
    xs.subarray(from, lo).sort()
  }
})

/** The first place from `at` on where another high word begins than stands before it. */
function groupEnd(words: Int32Array, at: number, length: number): number {
  let end = at
  while (end > 0 && end < length && words[2 * end + 1] === words[2 * end - 1]) end++
  return end
}

/** Elements that one may have to pass: if they were not enough, the group is left to another. */
const FAR = 64

/** Insertion sort of `lo` to `hi` behind what is sorted. Returns where it ends, or in the middle of a long group. */
const insertAll = (xs: Float64Array, lo: number, hi: number, begin: number): number => {
  const end = hi | 0
  const first = begin | 0
  for (let i = lo | 0; i < end; i++) {
    const x = xs[i]!
    const least = Math.max(first, i - FAR)
    let j = i
    for (; j > least && xs[j - 1]! > x; j--) xs[j] = xs[j - 1]!
    xs[j] = x
    if (j === least && least > first) return i
  }
  return end
}
