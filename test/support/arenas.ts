import { Arena } from '../../src/memory/arena.ts'

/** A memory of one page beyond what is asked for, and views of it as `count` threads take them when they start. */
export function arenas(count: number, end: number = Arena.start): Arena[] {
  const first = Arena.initialise(end)
  return [first, ...Array.from({ length: count - 1 }, () => new Arena(first.memory))]
}
