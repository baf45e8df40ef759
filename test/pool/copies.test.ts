import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'

import { beforeAll, expect, it } from 'vitest'

import { root } from '../support/source.ts'
import { child } from './child.ts'

const folders = ['one', 'two'].map(name => `${root}.cache/copies/${name}`)

/** What a library that brings a filch of its own has beside it. */
const tasks = `import { spawn, task } from './filch/index.js'

export const fib = task(n => {
  if (n < 2) return n
  const right = fib.fork(n - 2)
  return fib(n - 1) + fib.join(right)
})
const square = task(n => n * n)
export const sum = task(function* (n) {
  let total = 0
  for (const handle of Array.from({ length: n }, (_, i) => spawn(square, i))) total += yield* handle.join()
  return total
})
export const calls = task(n => fib(n))
`

beforeAll(() => {
  rmSync(`${root}.cache/copies`, { recursive: true, force: true })
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true })
    cpSync(`${root}dist`, `${folder}/filch`, { recursive: true })
    writeFileSync(`${folder}/tasks.mjs`, tasks)
  }
})

it('two copies of the package work in one process, and importing one leaves nothing behind', async () => {
  const { code, signal, out, err } = await child('two-copies.mjs', { args: folders })
  expect({ code, signal, out, err }).toEqual({ code: 0, signal: null, out: 'both work\n', err: '' })
})
