import { par } from 'filch'

import type { Kernel } from './kernel.ts'

/** Text can not be shared: what another worker reads has been copied. */
interface Text {
  readonly text: string
}

const WORDS =
  'it is a truth universally acknowledged that a single man in possession of a good fortune must be in want of a wife'

/** So many characters in lines of about 90, with words that repeat as those of a book do. */
const print = (size: number): Text => {
  const words = WORDS.split(' ')
  const lines: string[] = []
  let length = 0
  for (let line = 0; length < size; line++) {
    const made = Array.from({ length: 16 }, (_, i) => words[(line * 7919 + i * i * 31) % words.length]!).join(' ')
    lines.push(made)
    length += made.length + 1
  }
  return { text: lines.join('\n') }
}

const wordsOf = (counts: Map<string, number>): number => {
  let sum = 0
  for (const [word, count] of counts) sum += word.length * count
  return sum
}

export const lineCount: Kernel<Text> = {
  data: print,
  length: ({ text }) => text.length,
  part({ text }, lo, hi) {
    let count = 1
    for (let at = text.indexOf('\n', lo); at >= 0 && at < hi; at = text.indexOf('\n', at + 1)) count++
    return count
  },
  par: ({ text }) => par.lines(text).count(),
}

export const wordCount: Kernel<Text> = {
  data: print,
  length: ({ text }) => text.length,
  part({ text }, lo, hi) {
    const counts = new Map<string, number>()
    for (const [word] of text.slice(lo, hi).matchAll(/[a-z]+/g)) counts.set(word, (counts.get(word) ?? 0) + 1)
    return wordsOf(counts)
  },
  par: ({ text }) =>
    wordsOf(
      par
        .lines(text)
        .flatMap(line => line.match(/[a-z]+/g) ?? [])
        .countBy(word => word),
    ),
}
