import { blocking, Pool, WorkerLostError } from 'filch'
import { describe, expect, it } from 'vitest'

import { SOLO } from '../support/mode.ts'
import { audited } from '../pool/audit.ts'
import { failure } from '../pool/settle.ts'
import * as tasks from './threads.tasks.ts'
import { gate, open, reached, threadsOf } from './tools.ts'

describe.skipIf(SOLO)('blocking', () => {
  it('has a spare in the place of each worker that blocks, and sends it away afterwards (B18)', async () => {
    const its = audited({ threads: 2, name: 'spares', idleTimeout: 50 })
    const { pool } = its
    const closed = gate()
    const blocked = Array.from({ length: 8 }, () => pool.run(tasks.blocks, closed))
    await reached(closed, 8)
    expect(await Promise.all(Array.from({ length: 20 }, () => pool.run(tasks.fib, 15)))).toEqual(Array(20).fill(610))
    open(closed)
    expect(new Set(await Promise.all(blocked)).size).toBe(8)
    await expect.poll(() => threadsOf('spares'), { timeout: 20_000 }).toBe(2)
    await expect.poll(its.live).toBe(0)
    await pool.close()
  })

  it('wakes a spare that sleeps, without the thread that made the pool', async () => {
    await using pool = new Pool({ threads: 1, name: 'woken' })
    const first = gate()
    const blocked = pool.run(tasks.blocks, first)
    await reached(first, 1)
    expect(await pool.run(tasks.where)).toEqual([2, 1])
    open(first)
    await blocked
    const second = gate()
    const again = pool.run(tasks.blocks, second)
    const opened = pool.run(tasks.opens, second)
    // This thread does not turn its event loop until the gate is open: only a thread that is there already can have opened it.
    while (Atomics.load(second, 0) === 0) Atomics.wait(second, 0, 0, 1000)
    await Promise.all([again, opened])
    expect(threadsOf('woken')).toBe(2)
  })

  it('offers what the task has forked before it blocks', async () => {
    await using pool = new Pool({ threads: 1 })
    expect(await pool.run(tasks.blocksAboveFork, gate())).toBe(2)
  })

  it('is settled by the repair where its thread dies', async () => {
    const its = audited({ threads: 1, name: 'dead', idleTimeout: 50 })
    const { pool } = its
    const closed = gate()
    const blocked = pool.run(tasks.blocks, closed)
    await reached(closed, 1)
    // The spare dies, while it is needed: another takes its place.
    expect(await failure(pool.run(tasks.exits))).toBeInstanceOf(WorkerLostError)
    expect(await pool.run(tasks.double, 2)).toBe(4)
    open(closed)
    await blocked
    await expect.poll(() => threadsOf('dead'), { timeout: 20_000 }).toBe(1)
    await pool.close()
  })

  it('is a plain call elsewhere', async () => {
    expect(blocking(() => 3)).toBe(3)
    await using pool = new Pool({ threads: 1 })
    const opened = gate()
    open(opened)
    expect(pool.runSync(tasks.blocks, opened)).toBe(1)
    expect(await pool.spawnWith({ dedicated: true }, tasks.blocks, opened)).toBe(2)
    expect(pool.stats().workers).toHaveLength(3)
  })
})
