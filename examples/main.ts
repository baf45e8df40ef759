// The main job: what filch is for, on real input. Each job runs in plain code, then with filch; the results must be equal.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'

import { encode } from 'fast-png'
import { runWith, stats } from 'filch'

import { compare, type Job } from './main/compare.ts'
import { plainFib } from './main/fib.ts'
import { fibInSteps } from './main/fib.tasks.ts'
import { paint, seahorses } from './main/mandelbrot.ts'
import { paintRows } from './main/mandelbrot.tasks.ts'
import { plainQueens } from './main/queens.ts'
import { queens } from './main/queens.tasks.ts'
import { printRows, type Row } from './main/table.ts'
import { printEditions } from './main/text.ts'
import { count, type Summary, summarise } from './main/words.ts'
import { countWords } from './main/words.tasks.ts'

const quick = process.argv.includes('--quick')
const view = quick ? seahorses(480, 270) : seahorses(3840, 2160)
const board = quick ? 8 : 13
const n = quick ? 24 : 40
const small = n - 15
const text = printEditions(quick ? 2e6 : 32e6)

const mandelbrot: Job<Uint8Array> = {
  name: `Mandelbrot ${view.width} x ${view.height}`,
  steps: view.height,
  plain() {
    const pixels = new Uint8Array(view.width * view.height * 4)
    paint(pixels, view, 0, view.height)
    return pixels
  },
  async parallel(onProgress) {
    const pixels = new Uint8Array(new SharedArrayBuffer(view.width * view.height * 4))
    await runWith({ onProgress }, paintRows, pixels, view, 0, view.height)
    return pixels
  },
  say: pixels => `${(pixels.length / 1e6).toFixed(1)} MB of pixels, CRC ${crc32(pixels).toString(16)}`,
}

const squares = 2 ** board - 1
const nQueens: Job<number> = {
  name: `N-Queens ${board}`,
  steps: board,
  plain: () => plainQueens(squares),
  parallel: onProgress => runWith({ onProgress }, queens, squares, squares),
  say: found => `${found.toLocaleString('en')} ways`,
}

const fibonacci: Job<number> = {
  name: `fib(${n})`,
  steps: plainFib(n - small + 2),
  plain: () => plainFib(n),
  parallel: onProgress => runWith({ onProgress }, fibInSteps, n, small),
  say: result => result.toLocaleString('en'),
}

const wordCount: Job<Summary> = {
  name: `Words in ${(text.length / 1e6).toFixed(0)} MB`,
  steps: text.length,
  plain: () => summarise(text, count(text, 0, text.length)),
  parallel: async onProgress => summarise(text, await runWith({ onProgress }, countWords, text, 0, text.length)),
  say: ({ words, distinct, top }) => {
    const often = top.map(({ word, times }) => `${word} ${times.toLocaleString('en')}`)
    return `${words.toLocaleString('en')}, ${distinct.toLocaleString('en')} different, most often ${often.join(', ')}`
  },
}

const rows: Row[] = []
const pixels = await compare(mandelbrot, rows)
await compare(nQueens, rows)
await compare(fibonacci, rows)
await compare(wordCount, rows)

const picture = fileURLToPath(new URL(`../out/mandelbrot${quick ? '-quick' : ''}.png`, import.meta.url))
mkdirSync(new URL('../out/', import.meta.url), { recursive: true })
const { width, height } = view
writeFileSync(picture, encode({ width, height, data: pixels }))

printRows(rows)
console.log(`${stats().threads} threads, ${availableParallelism()} cores, Node ${process.version}`)
console.log(`The picture is in ${relative(process.cwd(), picture)}`)
