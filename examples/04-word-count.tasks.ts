import { task } from 'filch'

export const countWords = task((texts: readonly string[]): Map<string, number> => {
  if (texts.length === 1) return countIn(texts[0]!)
  const middle = texts.length >>> 1
  const right = countWords.fork(texts.slice(middle))
  const counts = countWords(texts.slice(0, middle))
  for (const [word, count] of countWords.join(right)) counts.set(word, (counts.get(word) ?? 0) + count)
  return counts
})

function countIn(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}
