import { readFileSync } from 'node:fs'

/** Pseudo-random numbers in [0, 1): the same in each run, so that each run counts the same text (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * At least `size` bytes of prose in shared memory: editions of one novel, each with its chapters in another order and with
 * misprints of its own, one letter in a thousand, so that the number of different words grows with the text.
 */
export function printEditions(size: number): Uint8Array {
  const novel = readFileSync(new URL('../text/northanger-abbey.txt', import.meta.url), 'utf8')
  const chapters = novel.split(/^(?=CHAPTER \d+$)/m).map(chapter => Buffer.from(chapter))
  const edition = chapters.reduce((sum, { length }) => sum + length, 0)
  const text = new Uint8Array(new SharedArrayBuffer(Math.ceil(size / edition) * edition))
  const random = randomNumbers(1803)
  for (let at = 0; at < text.length;) {
    for (let i = chapters.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1))
      ;[chapters[i], chapters[j]] = [chapters[j]!, chapters[i]!]
    }
    for (const chapter of chapters) {
      text.set(chapter, at)
      at += chapter.length
    }
  }
  for (let at = 0; at < text.length; at += 1 + Math.floor(random() * 2000)) {
    if (text[at]! >= 0x61 && text[at]! <= 0x7a) text[at] = 0x61 + Math.floor(random() * 26)
  }
  return text
}
