import {
  ForkError,
  invokeAll,
  migrated,
  OptionError,
  Pool,
  poolSize,
  progress,
  scope,
  workerIndex,
  yieldNow,
} from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { SOLO } from '../support/mode.ts'
import { add, cells, fib } from '../pool/basic.tasks.ts'
import { failure } from '../pool/settle.ts'
import * as tasks from './scope.tasks.ts'

describe.for([0, 1, 2, 3, 8])('a scope, with %s threads,', threads => {
  const pool = new Pool({ threads })
  afterAll(() => pool.close())

  it('runs each of 100 000 children once before it returns', async () => {
    const shared = cells(100_000)
    expect(await pool.run(tasks.markEach, shared)).toBe('all')
    expect(pool.runSync(tasks.markEach, cells(5000))).toBe('all')
  })

  it('may lie in another', async () => {
    const shared = cells(1)
    expect(await pool.run(tasks.nested, shared, 6)).toBe(6)
    expect(shared[0]).toBe(4 ** 6)
    expect(await pool.run(tasks.inner, cells(2))).toBe('2,2')
  })

  it('has room for forks, before it, in it and in its children', async () => {
    const shared = cells(2)
    expect(await pool.run(tasks.forking, shared)).toBe(610)
    expect([...shared]).toEqual([50 * 55 + 89, 144])
  })

  it('throws the error of the child spawned first, with the others in order; all children run', async () => {
    const shared = cells(3000)
    const bad = [17, 18, 900, 2999]
    const error = await failure(pool.run(tasks.failing, shared, bad))
    expect(error).toEqual(new RangeError('child 17'))
    expect((error as { suppressed?: Error[] }).suppressed?.map(({ message }) => message)).toEqual([
      'child 18',
      'child 900',
      'child 2999',
    ])
    expect(shared.every(cell => cell === 1)).toBe(true)
  })

  it('throws the error of its body; children run once or never', async () => {
    const shared = cells(100)
    const error = await failure(pool.run(tasks.failingBody, shared))
    expect(error).toEqual(new SyntaxError('body'))
    const { suppressed = [] } = error as { suppressed?: Error[] }
    expect(suppressed.every(other => other instanceof RangeError)).toBe(true)
    expect(shared.every(cell => cell <= 1)).toBe(true)
    expect(suppressed).toHaveLength(shared.filter(cell => cell === 1).length)
    expect(await pool.run(tasks.failAndGoOn, cells(50))).toBe(610)
  })

  it('takes no children after its end', async () => {
    const shared = cells(1)
    expect(await pool.run(tasks.spawnLate, shared)).toBe('ERR_FILCH_SCOPE')
    expect(await pool.run(tasks.spawnAfterError, shared)).toBe('ERR_FILCH_SCOPE')
    expect(shared[0]).toBe(0)
  })
})

describe.for([0, 1, 2, 3])('with %s threads', threads => {
  const pool = new Pool({ threads })
  afterAll(() => pool.close())

  it('a task knows where it runs', async () => {
    const { index, size, migrated } = await pool.run(tasks.place)
    expect(index).toBeGreaterThanOrEqual(0)
    if (!SOLO) expect(index).toBeLessThan(Math.max(1, threads))
    expect([size, migrated]).toEqual([threads, threads > 0])
    expect(pool.runSync(tasks.place)).toMatchObject({ index: threads, size: threads, migrated: false })
  })

  it('a stolen fork knows that it has moved, and one that stayed that it has not', async () => {
    const [here, there] = (await pool.run(tasks.elsewhere, tasks.place, cells(1))) as [
      ReturnType<typeof tasks.place>,
      ReturnType<typeof tasks.place>,
    ]
    expect(there.migrated).toBe(threads > 0)
    expect(there.index !== here.index).toBe(threads > 1)
  })

  it('progress is the sum of what all tasks of the run have said', async () => {
    const seen: number[] = []
    expect(await pool.runWith({ onProgress: done => void seen.push(done) }, tasks.reportAll, 500)).toBe(500)
    expect(seen.at(-1)).toBe(1000)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    await expect(pool.run(tasks.report, 1.5)).rejects.toBeInstanceOf(OptionError)
    await pool.run(tasks.report, 1)
  })

  it('a broadcast runs on every thread', async () => {
    const places = await pool.broadcast(tasks.place)
    expect(places.map(({ index }) => index)).toEqual(Array.from({ length: Math.max(1, threads) }, (_, i) => i))
    const shared = cells(1)
    await Promise.all(Array.from({ length: 30 }, () => pool.broadcast(tasks.mark, shared, 0)))
    expect(shared[0]).toBe(30 * Math.max(1, threads))
    await expect(pool.broadcast(tasks.throwAt, shared, 0)).rejects.toThrow(new RangeError('child 0'))
    expect(await pool.broadcast(add, 1, 2)).toEqual(Array.from({ length: Math.max(1, threads) }, () => 3))
  })

  it('the statistics say what has been done', async () => {
    const before = pool.stats()
    await Promise.all([pool.run(add, 1, 2), pool.run(fib, 20)])
    pool.runSync(fib, 12)
    const after = pool.stats()
    expect(after).toMatchObject({ name: 'filch', threads, pending: 0 })
    expect(after.jobs - before.jobs).toBeGreaterThanOrEqual(3)
    // fib(n) makes one fork for each call with n > 1.
    expect(after.forks - before.forks).toBe(10_945 + 232)
    const pending = pool.run(add, 1, 2)
    expect(pool.stats().pending).toBe(1)
    await pending
    expect(pool.stats().pending).toBe(0)
  })
})

it('outside a task, questions have neutral answers', () => {
  expect([workerIndex(), poolSize(), migrated(), yieldNow()]).toEqual([-1, 0, false, false])
  expect(() => progress(1)).not.toThrow()
  expect(() => progress(Number.NaN)).toThrow(OptionError)
  expect(() => scope(() => 1)).toThrow(ForkError)
  expect(() => invokeAll([fib, 1], [fib, 2])).toThrow(ForkError)
})

it('progress of a child counts for its own run, though another run had it published', async () => {
  await using pool = new Pool({ threads: 2 })
  await pool.broadcast(tasks.place)
  for (let round = 0; round < 10; round++) {
    const gate = cells(3)
    const seen = { own: 0, other: 0 }
    const own = pool.runWith({ onProgress: done => (seen.own = done) }, tasks.scopeThatHelps, gate)
    while (Atomics.load(gate, 2) === 0) Atomics.wait(gate, 2, 0, 1000)
    const other = pool.runWith({ onProgress: done => (seen.other = done) }, tasks.intruder, gate)
    expect(await other).toBe(7)
    await own
    expect(seen).toEqual({ own: 3, other: 0 })
  }
})

it('a child cannot spawn into the scope of its parent, also where it runs in place', async () => {
  await using pool = new Pool({ threads: 0 })
  const cells = new Int32Array(new SharedArrayBuffer(8))
  await expect(pool.run(tasks.childrenThatSpawn, cells)).rejects.toMatchObject({ code: 'ERR_FILCH_SCOPE' })
  expect([...cells]).toEqual([3, 0])
})
