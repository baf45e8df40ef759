import { readdirSync } from 'node:fs'

import { ForkError, KilledError, OptionError, Pool, WorkerLostError } from 'filch'
import { describe, expect, it } from 'vitest'

import { SOLO } from '../support/mode.ts'
import { audited } from '../pool/audit.ts'
import { failure } from '../pool/settle.ts'
import * as tasks from './threads.tasks.ts'
import { gate, open, reached, threadsOf } from './tools.ts'

/** Threads and files of this process. */
const held = (): number[] => ['task', 'fd'].map(what => readdirSync(`/proc/self/${what}`).length)

const OWN = { dedicated: true } as const
// Where every task has a thread of its own, these tests look at what is so anyway, or need the pool's workers to be alone.
const shared = describe.skipIf(SOLO)

shared('a task with a thread of its own', () => {
  it('takes no place in the pool, which works while it blocks (A12, B02, B16)', async () => {
    const its = audited({ threads: 1 })
    const { pool } = its
    const closed = gate()
    const blocked = Array.from({ length: 3 }, () => pool.spawnWith(OWN, tasks.gated, closed))
    await reached(closed, 3)
    expect(await pool.run(tasks.fib, 20)).toBe(6765)
    expect(await pool.run(tasks.where)).toEqual([0, 1])
    open(closed)
    const places = await Promise.all(blocked)
    expect(new Set(places).size).toBe(3)
    // Seat 1 is the caller's.
    for (const place of places) expect(place).toBeGreaterThan(1)
    await expect.poll(its.live).toBe(0)
    await pool.close()
  })

  it('keeps its thread for the next one, and lets it go when it has been idle', async () => {
    await using pool = new Pool({ threads: 1, name: 'reuse', idleTimeout: 50 })
    const first = await pool.spawnWith(OWN, tasks.where)
    expect(await pool.spawnWith(OWN, tasks.where)).toEqual(first)
    expect(threadsOf('reuse')).toBe(2)
    await expect.poll(() => threadsOf('reuse'), { timeout: 10_000 }).toBe(1)
    expect(pool.stats().workers).toHaveLength(2)
    // Nobody is left behind in a seat further up.
    expect(await pool.spawnWith(OWN, tasks.where)).toEqual(first)
  })

  it.skipIf(process.platform !== 'linux')('leaves no thread, file or memory behind', async () => {
    await using pool = new Pool({ threads: 1, name: 'rss', idleTimeout: 20, maxThreads: 9 })
    let before: number[] = []
    let rss = 0
    for (let round = 0; round < 6; round++) {
      const closed = gate()
      const blocked = Array.from({ length: 8 }, () => pool.spawnWith(OWN, tasks.gated, closed))
      await reached(closed, 8)
      open(closed)
      await Promise.all(blocked)
      await expect.poll(() => threadsOf('rss'), { timeout: 20_000 }).toBe(1)
      if (round === 1) [before, rss] = [held(), process.memoryUsage().rss]
    }
    // Fewer is well: Node has threads of its own that come and go, and the kernel lists one for a moment after it was joined.
    await expect.poll(() => held().every((count, i) => count <= before[i]!)).toBe(true)
    // 32 threads have come and gone since; each took some MB.
    expect(process.memoryUsage().rss - rss).toBeLessThan(64 * 2 ** 20)
  })

  it('is started from a worker, and joined there', async () => {
    await using pool = new Pool({ threads: 2 })
    expect(await pool.run(tasks.starts, 21)).toBe(42)
    expect(await pool.run(tasks.startsPlain, 21)).toBe(42)
    const [index] = await pool.run(tasks.startsWhere)
    expect(index).toBeGreaterThan(2)
    expect(pool.runSync(tasks.startsPlain, 4)).toBe(8)
  })

  it('is asked for when nothing else is under way: the maker of an idle pool hears it', async () => {
    await using pool = new Pool({ threads: 1 })
    expect(await pool.run(tasks.fib, 5)).toBe(5)
    for (let round = 0; round < 20; round++) expect(await pool.spawnWith(OWN, tasks.startsPlain, round)).toBe(2 * round)
  })

  it('has its forks stolen by the workers of the pool, while it takes nothing of theirs', async () => {
    await using pool = new Pool({ threads: 1 })
    expect(await pool.spawnWith(OWN, tasks.blocksAtFork, gate())).toEqual([0, 2])
    expect(await pool.spawnWith(OWN, tasks.fib, 24)).toBe(46_368)
    const busy = Array.from({ length: 50 }, () => pool.run(tasks.where))
    const own = pool.spawnWith(OWN, tasks.polls, gate())
    for (const [index] of await Promise.all(busy)) expect(index).toBe(0)
    own.kill()
    expect(await failure(Promise.resolve(own))).toBeInstanceOf(KilledError)
  })

  it('has its children run by the workers of the pool, more than its deque holds', async () => {
    await using pool = new Pool({ threads: 1 })
    expect(await pool.spawnWith(OWN, tasks.spawnsMany, 2000)).toBe(2000 * 1999)
  })

  it('waits for a thread where the pool has as many as it may, and can be killed meanwhile', async () => {
    await using pool = new Pool({ threads: 1, maxThreads: 2 })
    const closed = gate()
    const first = pool.spawnWith(OWN, tasks.gated, closed)
    await reached(closed, 1)
    const killed = pool.spawnWith(OWN, tasks.gated, closed)
    const last = pool.spawnWith(OWN, tasks.double, 4)
    killed.kill('not needed')
    expect(await failure(Promise.resolve(killed))).toMatchObject({ name: 'KilledError', reason: 'not needed' })
    expect(last.status).toBe('queued')
    open(closed)
    expect(await first).toBe(2)
    expect(await last).toBe(8)
    expect(closed[1]).toBe(1)
  })

  it('is lost with its thread, and the pool goes on', async () => {
    const its = audited({ threads: 1, name: 'lost' })
    const { pool } = its
    const closed = gate()
    const other = pool.spawnWith(OWN, tasks.gated, closed)
    await reached(closed, 1)
    expect(await failure(Promise.resolve(pool.spawnWith(OWN, tasks.exits)))).toBeInstanceOf(WorkerLostError)
    expect(await pool.spawnWith(OWN, tasks.double, 3)).toBe(6)
    open(closed)
    expect(await other).toBeGreaterThan(1)
    await expect.poll(its.live).toBe(0)
    await pool.close()
  })

  it('ends with the pool, whatever it does', async () => {
    const pool = new Pool({ threads: 1, name: 'ends' })
    const spins = gate()
    pool.spawnWith(OWN, tasks.spins, spins)
    await reached(spins, 1)
    await pool.destroy()
    expect(threadsOf('ends')).toBe(0)
  })

  it('is an ordinary one where the pool starts no threads, and cannot be pinned', async () => {
    await using none = new Pool({ threads: 0 })
    expect(await none.spawnWith(OWN, tasks.double, 3)).toBe(6)
    await using pool = new Pool({ threads: 1 })
    expect(() => pool.spawnWith({ dedicated: true, on: 0 }, tasks.double, 3)).toThrow(OptionError)
  })
})

describe('join(wait)', () => {
  it('blocks a dedicated task until anything has ended (B25)', async () => {
    await using pool = new Pool({ threads: 1 })
    const closed = gate()
    const awaited = pool.spawnWith(OWN, tasks.gated, closed)
    const waiting = gate()
    const joiners = Array.from({ length: 3 }, () => pool.spawnWith(OWN, tasks.joins, waiting, awaited))
    await reached(waiting, 3)
    open(closed)
    const place = await awaited
    expect(await Promise.all(joiners)).toEqual([place, place, place])
  })

  it.skipIf(SOLO)('is refused in a plain task of the pool, which it would block', async () => {
    await using pool = new Pool({ threads: 1 })
    const closed = gate()
    const awaited = pool.spawnWith(OWN, tasks.gated, closed)
    const error = await failure(pool.run(tasks.joins, gate(), awaited))
    expect(error).toBeInstanceOf(ForkError)
    expect(error).toMatchObject({ code: 'ERR_FILCH_JOIN', message: expect.stringContaining('dedicated') })
    open(closed)
    await awaited
  })

  it('ends early when the task is killed, or a child of it fails', async () => {
    const its = audited({ threads: 1 })
    const { pool } = its
    const closed = gate()
    const awaited = pool.spawnWith(OWN, tasks.gated, closed)
    const waiting = gate()
    const killed = pool.spawnWith(OWN, tasks.joins, waiting, awaited)
    await reached(waiting, 1)
    killed.kill('enough')
    expect(await failure(Promise.resolve(killed))).toMatchObject({ name: 'KilledError', reason: 'enough' })
    const grieved = pool.spawnWith(OWN, tasks.joinsAboveFailure, awaited)
    expect(await failure(Promise.resolve(grieved))).toMatchObject({ name: 'RangeError', message: 'child' })
    open(closed)
    await awaited
    await expect.poll(its.live).toBe(0)
    await pool.close()
  })
})
