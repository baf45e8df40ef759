import { progress, task } from 'filch'

import { count, merge, type Tally, wordBoundary } from './words.ts'

/** Cuts the text in halves, and merges what was counted in them. A chunk is long, for each has a hash table of its own. */
export const countWords = task((text: Uint8Array, from: number, to: number): Tally => {
  if (to - from <= 1 << 20) {
    const tally = count(text, from, to)
    progress(to - from)
    return tally
  }
  const middle = wordBoundary(text, (from + to) >>> 1)
  const right = countWords.fork(text, middle, to)
  return merge(text, countWords(text, from, middle), countWords.join(right))
})
