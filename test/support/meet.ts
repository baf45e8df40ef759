import { add, load, notify, wait, type Words } from '../../src/memory/atomics.ts'

/** Called by each of `count` threads: returns when all have called it. The word at `at` is 0 before. */
export function meet(words: Words, at: number, count: number): void {
  if (add(words, at, 1) + 1 === count) notify(words, at, count)
  for (let met = load(words, at); met < count; met = load(words, at)) wait(words, at, met, 1000)
}
