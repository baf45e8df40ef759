import { setEnvironmentData } from 'node:worker_threads'

import { FilchError, Pool } from 'filch'
import { describe, expect, it } from 'vitest'

import { busy, cells, fib } from './basic.tasks.ts'
import { child } from './child.ts'
import { DEATHS, survivor } from './dies-at-import.tasks.ts'
import * as exits from './exits-at-import.tasks.ts'
import { failure } from './settle.ts'
import { length } from './life.tasks.ts'
import { call } from './given.tasks.ts'
import * as throws from './throws-at-import.tasks.ts'
import * as unlike from './unlike.tasks.ts'
import * as waits from './waits-at-import.tasks.ts'

it('a thread that dies while it imports a module does not condemn the module', async () => {
  const deaths = cells(1)
  setEnvironmentData(DEATHS, deaths)
  await using pool = new Pool({ threads: 1 })
  // The first two threads end in the middle of the import, as threads do that are terminated or meet a stray error then.
  deaths[0] = 2
  expect(await pool.run(survivor, 21)).toBe(42)
  expect(deaths[0]).toBeLessThan(0)
})

it('a thread that never runs out of work imports what is new', async () => {
  await using pool = new Pool({ threads: 1 })
  await pool.run(busy, 0)
  let left = 400
  const runs = Array.from({ length: left }, () => pool.run(busy, 2).then(() => left--))
  // Its module is new to the thread.
  expect(await pool.broadcast(length, [1, 2])).toEqual([2])
  expect(left).toBeGreaterThan(0)
  await Promise.all(runs)
})

describe.for([
  { name: 'throws', never: throws.never },
  { name: 'calls process.exit()', never: exits.never },
  { name: 'never ends', never: waits.never },
])('a module whose import in a worker $name', ({ never }) => {
  it('fails the run, and the pool goes on', async () => {
    const pool = new Pool({ threads: 2 })
    try {
      expect(await failure(pool.run(never, 1))).toBeInstanceOf(FilchError)
      expect(await pool.run(fib, 20)).toBe(6765)
    } finally {
      await pool.destroy()
    }
  })

  it('fails the broadcast, and the pool goes on', async () => {
    const pool = new Pool({ threads: 2 })
    try {
      expect(await failure(pool.broadcast(never, 1))).toBeInstanceOf(FilchError)
      expect(await pool.run(fib, 20)).toBe(6765)
    } finally {
      await pool.destroy()
    }
  })
})

it('tasks that a worker declares in other places are not run as each other', async () => {
  await using pool = new Pool({ threads: 2 })
  const refused = { code: 'ERR_FILCH_TASK_MISMATCH' }
  for (let i = 0; i < 3; i++) {
    await expect(pool.run(unlike.add, 5)).rejects.toMatchObject(refused)
    await expect(pool.spawn(unlike.add, 5)).rejects.toMatchObject(refused)
    await expect(pool.run(call, unlike.add, 5)).rejects.toMatchObject(refused)
    // There are not so many.
    await expect(pool.run(unlike.multiply, 5)).rejects.toMatchObject({ name: 'TaskError' })
  }
  expect(await pool.run(fib, 20)).toBe(6765)
})

it.for(['at its own end', 'by exit', 'by destroy'])(
  'a process that ends %s while threads import is not aborted',
  async how => {
    const outcomes = await Promise.all(Array.from({ length: 3 }, () => child('ends-importing.mjs', { args: [how] })))
    for (const { code, signal, out } of outcomes)
      expect({ code, signal, out }).toEqual({ code: 0, signal: null, out: '2\n' })
  },
)

it('says which Node it needs', async () => {
  const flags = ['--import', 'data:text/javascript,delete Promise.withResolvers']
  const { code, err } = await child('two-threads.mjs', { flags })
  expect(code).toBe(1)
  expect(err).toContain('filch needs Node 22.15 or later')
})
