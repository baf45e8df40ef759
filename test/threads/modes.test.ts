import { OptionError, Pool } from 'filch'
import { describe, expect, it } from 'vitest'

import { audited } from '../pool/audit.ts'
import * as tasks from './threads.tasks.ts'
import { gate, open, reached, threadsOf } from './tools.ts'

describe("mode '1:1'", () => {
  it('gives every run and every spawned task a thread of its own (A13, B06)', async () => {
    const its = audited({ threads: 1, mode: '1:1' })
    const { pool } = its
    const closed = gate()
    const runs = [0, 1, 2].map(() => pool.run(tasks.gated, closed))
    const handles = [0, 1].map(() => pool.spawn(tasks.gated, closed))
    await reached(closed, 5)
    expect(await pool.run(tasks.fib, 20)).toBe(6765)
    open(closed)
    const places = await Promise.all([...runs, ...handles])
    expect(new Set(places).size).toBe(5)
    expect(Math.min(...places)).toBeGreaterThan(1)
    await expect.poll(its.live).toBe(0)
    await pool.close()
  })

  it('lets every task block in a join', async () => {
    await using pool = new Pool({ threads: 1, mode: '1:1' })
    const closed = gate()
    const awaited = pool.spawn(tasks.gated, closed)
    const waiting = gate()
    const joiner = pool.run(tasks.joins, waiting, awaited)
    await reached(waiting, 1)
    open(closed)
    expect(await joiner).toBe(await awaited)
  })

  it('keeps threads for the next task', async () => {
    await using pool = new Pool({ threads: 1, mode: '1:1', name: 'again' })
    for (let i = 0; i < 50; i++) expect(await pool.run(tasks.double, i)).toBe(2 * i)
    expect(threadsOf('again')).toBe(2)
  })

  it('shares the workers among those that find no thread, however deep they wait for each other', async () => {
    await using pool = new Pool({ threads: 2, mode: '1:1', maxThreads: 6, name: 'few' })
    expect(await pool.run(tasks.chain, 40)).toBe(40)
    expect(await pool.run(tasks.spawnsMany, 500)).toBe(500 * 499)
    expect(threadsOf('few')).toBeLessThanOrEqual(6)
  })
})

it('a pool is one worker, one for each core, one for each task, n, or the calling thread (N10)', async () => {
  const kinds = [{ threads: 1 }, {}, { threads: 1, mode: '1:1' }, { threads: 3 }, { threads: 0 }] as const
  for (const options of kinds) {
    await using pool = new Pool(options)
    expect(await pool.run(tasks.fib, 15)).toBe(610)
    expect(await pool.spawn(tasks.spawnsMany, 20)).toBe(380)
    expect(pool.runSync(tasks.fib, 10)).toBe(55)
  }
})

it('refuses what it cannot use', () => {
  const wrong = [
    { mode: 'N:1' },
    { maxThreads: 0 },
    { maxThreads: 511 },
    { maxThreads: 1.5 },
    { idleTimeout: 0 },
    { idleTimeout: '5' },
  ]
  for (const options of wrong) expect(() => new Pool({ threads: 1, ...(options as object) })).toThrow(OptionError)
})
