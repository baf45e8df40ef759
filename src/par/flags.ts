import { load, replace, store, type Words } from '../memory/atomics.ts'

/**
 * Where the pieces of one chain tell each other to stop: one shared word that holds the lowest index at which something
 * final happened, an error or what a search was for. A piece that lies wholly above it has nothing to add and ends; one
 * below goes on, because what it finds comes first. So the outcome is that of the sequential loop, whoever was quicker.
 *
 * The words of a thread lie in one shared buffer, which is announced to the others once, and are used as a stack: a
 * chain ends after all chains that its bodies have begun, and after all its pieces, so nobody looks at a word that is
 * given back.
 */
const DEPTH = 64
/** Words in a cache line. */
const LINE = 16
/** Nothing has happened. Also the most elements a chain may have. */
export const NEVER = 0x7fffffff
/** Below every index: all shall stop. */
export const NOW = -1

let words: Words | undefined
let used = 0

/** A fresh word, in a view of its own. */
export function takeFlag(): Words {
  words ??= new Int32Array(new SharedArrayBuffer(4 * DEPTH * LINE))
  const flag =
    used < DEPTH
      ? words.subarray(used * LINE, used * LINE + 1)
      : new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  used++
  store(flag, 0, NEVER)
  return flag
}

/** The newest one back. */
export function giveFlag(): void {
  used--
}

/** Something final happened at `index`. */
export function raise(flag: Words, index: number): void {
  for (;;) {
    const lowest = load(flag, 0)
    if (lowest <= index || replace(flag, 0, lowest, index)) return
  }
}
