import { OptionError, Pool } from 'filch'
import { describe, expect, it } from 'vitest'

import { SOLO } from '../support/mode.ts'
import { audited } from '../pool/audit.ts'
import * as tasks from './threads.tasks.ts'
import { gate, open, reached, threadsOf } from './tools.ts'

const indices = async (pool: Pool): Promise<number[]> => (await pool.broadcast(tasks.where)).map(([index]) => index)

describe('resize', () => {
  // In 1:1 mode the runs may have all seats.
  it.skipIf(SOLO)('grows and shrinks a pool that works (B09, N19)', async () => {
    const its = audited({ threads: 2, name: 'sizes' })
    const { pool } = its
    const results: Promise<number>[] = []
    for (const [round, threads] of [4, 1, 3, 2, 5, 1, 2].entries()) {
      for (let i = 0; i < 30; i++) results.push(pool.run(tasks.fib, 12 + (i % 8)))
      await pool.resize(threads)
      expect(pool.threads).toBe(threads)
      expect(await indices(pool), `round ${round}`).toHaveLength(threads)
    }
    const fibs = [144, 233, 377, 610, 987, 1597, 2584, 4181]
    expect(await Promise.all(results)).toEqual(results.map((_, i) => fibs[(i % 30) % 8]))
    await expect.poll(its.live).toBe(0)
    await pool.close()
  })

  it('takes seats again, lowest first, and ends the newest first', async () => {
    await using pool = new Pool({ threads: 2, name: 'seats' })
    // 2 is the caller's.
    await pool.resize(4)
    expect(await indices(pool)).toEqual([0, 1, 3, 4])
    await pool.resize(1)
    expect(await indices(pool)).toEqual([0])
    expect(threadsOf('seats')).toBe(1)
    expect(pool.stats().workers).toHaveLength(3)
    await pool.resize(3)
    expect(await indices(pool)).toEqual([0, 1, 3])
  })

  it('makes a pool of one worker offer its forks', async () => {
    await using pool = new Pool({ threads: 1 })
    const held = gate()
    // Alone when it begins, so it publishes nothing; then there is company.
    const run = pool.spawn(tasks.blocksAtFork, held)
    await pool.resize(2)
    const [fork, own] = await run
    expect(fork).not.toBe(own)
  })

  it('waits for what lives on the seat, which takes nothing new', async () => {
    await using pool = new Pool({ threads: 2 })
    const closed = gate()
    const other = pool.spawnWith({ dedicated: true }, tasks.gated, closed)
    const lives = pool.spawnWith({ on: 1 }, tasks.suspended, gate(), other)
    let isGone = false
    const resized = pool.resize(1).then(() => (isGone = true))
    for (let i = 0; i < 20; i++) expect((await pool.run(tasks.where))[0]).not.toBe(1)
    expect(isGone).toBe(false)
    open(closed)
    expect(await lives).toBe(await other)
    await resized
  })

  it('keeps pinned tasks where they are pinned, and refuses those for who has left (A36)', async () => {
    await using pool = new Pool({ threads: 2 })
    await pool.resize(3)
    for (const on of [0, 1, 3]) {
      expect((await pool.spawnWith({ on }, tasks.where))[0]).toBe(on)
      expect((await pool.run(tasks.pinnedWhere, on))[0]).toBe(on)
    }
    await pool.resize(1)
    for (const on of [1, 2, 3, 4, -1, 0.5]) {
      expect(() => pool.spawnWith({ on }, tasks.where)).toThrow(OptionError)
    }
    expect((await pool.spawnWith({ on: 0 }, tasks.where))[0]).toBe(0)
  })

  it('refuses what cannot be', async () => {
    await using pool = new Pool({ threads: 1, maxThreads: 3 })
    for (const threads of [0, 4, 1.5, NaN, -1, '2' as never])
      await expect(pool.resize(threads)).rejects.toThrow(OptionError)
    await pool.resize(3)
    await using none = new Pool({ threads: 0 })
    await expect(none.resize(1)).rejects.toThrow('made without threads')
  })

  it('does not hold up the end of the pool', async () => {
    const pool = new Pool({ threads: 2 })
    const closed = gate()
    const held = pool.run(tasks.gated, closed)
    await reached(closed, 1)
    const resized = Promise.allSettled([pool.resize(1)])
    open(closed)
    await held
    await pool.close()
    await resized
  })
})
