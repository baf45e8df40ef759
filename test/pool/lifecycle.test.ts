import { Pool, PoolClosedError } from 'filch'
import { describe, expect, it } from 'vitest'

import { add, busy, cells, fib, forever } from './basic.tasks.ts'
import { child } from './child.ts'
import { exit, forkForever, spinForever } from './life.tasks.ts'
import { failure, settled } from './settle.ts'

const CLOSED = { name: 'PoolClosedError', code: 'ERR_FILCH_CLOSED' }

describe.for([0, 1, 2])('a pool of %s threads', threads => {
  it.for(['close', 'destroy'] as const)(
    'may be ended (%s) more than once, at once and before it is ready',
    async end => {
      for (let round = 0; round < 5; round++) {
        const pool = new Pool({ threads })
        const ends = [pool[end](), pool[end](), pool.close(), pool.destroy()]
        expect(await settled(Promise.all(ends))).toEqual({ value: ends.map(() => undefined) })
        expect(await settled(pool[end]())).toEqual({ value: undefined })
      }
    },
  )

  it('refuses every entrance once it is closing', async () => {
    const pool = new Pool({ threads, name: 'mine' })
    expect(await pool.run(add, 1, 2)).toBe(3)
    const closing = pool.close()
    for (let round = 0; round < 2; round++) {
      expect(await failure(pool.run(add, 1, 2))).toMatchObject(CLOSED)
      expect(await failure(pool.runWith({}, add, 1, 2))).toMatchObject(CLOSED)
      expect(await failure(pool.broadcast(add, 1, 2))).toMatchObject(CLOSED)
      expect(() => pool.runSync(add, 1, 2)).toThrow(PoolClosedError)
      await closing
    }
    expect(pool.stats()).toMatchObject({ name: 'mine', threads, pending: 0 })
  })

  it('lets what is under way end before it closes', async () => {
    const pool = new Pool({ threads })
    const runs = Array.from({ length: 50 }, (_, i) => pool.run(fib, 10 + (i % 8)))
    const slow = pool.run(busy, 30)
    await pool.close()
    expect(pool.stats().pending).toBe(0)
    expect(await settled(Promise.all(runs), 1)).toHaveProperty('value')
    expect(await slow).toBe(30)
  })

  it('rejects what runs and what is queued when it is destroyed', async () => {
    const pool = new Pool({ threads })
    const gate = cells(1)
    // Without threads, a run that does not look up would hold this one.
    const running = threads === 0 ? [] : Array.from({ length: threads }, () => pool.run(spinForever, gate))
    while (Atomics.load(gate, 0) < threads) await Atomics.waitAsync(gate, 0, Atomics.load(gate, 0), 1000).value
    const queued = Array.from({ length: 100 }, () => pool.run(fib, 10))
    const ended = Promise.allSettled([...running, ...queued])
    await pool.destroy()
    for (const end of await ended) expect(end).toMatchObject({ status: 'rejected', reason: CLOSED })
    expect(gate[0]).toBe(threads)
  })

  it('refuses who awaits a handle when it is destroyed, before the task has begun and while it runs', async () => {
    const pool = new Pool({ threads })
    const gate = cells(1)
    const running = threads === 0 ? [] : Array.from({ length: threads }, () => pool.spawn(spinForever, gate))
    while (Atomics.load(gate, 0) < threads) await Atomics.waitAsync(gate, 0, Atomics.load(gate, 0), 1000).value
    const handles = [...running, ...Array.from({ length: 20 }, () => pool.spawn(fib, 10))]
    const ends = Promise.all(handles.map(handle => failure(Promise.resolve(handle))))
    // It would wait for them for ever.
    const closing = threads === 2 ? pool.close() : undefined
    await pool.destroy()
    await closing
    for (const end of await ends) expect(end).toMatchObject(CLOSED)
    expect(handles.map(({ status }) => status)).toEqual(handles.map(() => 'failed'))
    expect(await failure(Promise.resolve(handles[0]))).toMatchObject(CLOSED)
    handles[0]!.kill()
    expect(() => pool.spawn(fib, 1)).toThrow(PoolClosedError)
  })

  it('ends at the end of its block', async () => {
    let outer: Pool
    {
      await using pool = new Pool({ threads })
      outer = pool
      expect(await pool.run(add, 1, 2)).toBe(3)
    }
    expect(await failure(outer.run(add, 1, 2))).toBeInstanceOf(PoolClosedError)
  })
})

it('a close that waits is cut short by destroy', async () => {
  const pool = new Pool({ threads: 1 })
  const gate = cells(1)
  const run = pool.run(forkForever, gate)
  const end = failure(run)
  const closing = pool.close()
  const destroyed = pool.destroy()
  expect(await end).toBeInstanceOf(PoolClosedError)
  expect(await settled(Promise.all([closing, destroyed]))).toHaveProperty('value')
})

it('a pool may be closed while its threads die', async () => {
  for (let round = 0; round < 5; round++) {
    const pool = new Pool({ threads: 2 })
    const ends = Promise.allSettled([pool.run(exit, 1), pool.run(exit, 1), pool.run(fib, 10)])
    expect(await settled(pool.close())).toEqual({ value: undefined })
    expect((await ends).every(({ status }) => status === 'fulfilled' || status === 'rejected')).toBe(true)
  }
})

describe('the process', () => {
  it.for(['default', 'pool', 'unused', 'closing', 'canceled'])('ends by itself (%s)', async how => {
    const { code, signal, out, err } = await child('ends.mjs', { args: [how] })
    expect({ code, signal, out, err }).toEqual({ code: 0, signal: null, out: 'last line\n', err: '' })
  })

  it.for(['pending', 'pending-pool'])('stays until a pending run has ended (%s)', async how => {
    const { code, out } = await child('ends.mjs', { args: [how] })
    expect({ code, out }).toEqual({ code: 0, out: 'last line\n75025\n' })
  })
})

it('two pools work side by side', async () => {
  await using one = new Pool({ threads: 1 })
  await using two = new Pool({ threads: 2 })
  await using none = new Pool({ threads: 0 })
  const pools = [one, two, none]
  expect(await Promise.all(Array.from({ length: 30 }, (_, i) => pools[i % 3]!.run(fib, 15)))).toEqual(
    Array.from({ length: 30 }, () => 610),
  )
  expect(pools.map(pool => pool.runSync(fib, 15))).toEqual([610, 610, 610])
  expect(await failure(one.runWith({ timeout: 5 }, forever))).toMatchObject({ code: 'ERR_FILCH_CANCELED' })
})
