// Strings, arrays and maps cross between threads: plain data needs no preparation.
import { readFileSync } from 'node:fs'

import { run } from 'filch'

import { countWords } from './04-word-count.tasks.ts'

const novel = readFileSync(new URL('text/northanger-abbey.txt', import.meta.url), 'utf8')
const chapters = novel.split(/^(?=CHAPTER \d+$)/m)
const counts = await run(countWords, chapters)

console.log(`${chapters.length} parts, ${counts.size} different words`)
const top = [...counts].sort(([, a], [, b]) => b - a).slice(0, 5)
for (const [word, count] of top) console.log(`${word} ${count}`)
