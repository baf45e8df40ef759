import { CanceledError, Pool, WorkerLostError } from 'filch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { audited, type Audited } from './audit.ts'
import { add, cells, fib, forever } from './basic.tasks.ts'
import { child } from './child.ts'
import { dieInTree, dieStolen, exit, failLater, forkForever, yieldForever, count } from './life.tasks.ts'
import { failure, settled } from './settle.ts'
import { raise } from '../task/errors.tasks.ts'
import { elsewhere, two } from '../task/scope.tasks.ts'

/** The pool computes correctly, with every thread, and nothing is under way. */
async function expectWhole({ pool, live }: Audited): Promise<void> {
  expect(await settled(pool.run(fib, 20))).toEqual({ value: 6765 })
  expect(await settled(pool.broadcast(add, 1, 2))).toEqual({ value: Array.from({ length: pool.threads }, () => 3) })
  expect(pool.runSync(fib, 15)).toBe(610)
  expect(pool.stats().pending).toBe(0)
  await expect.poll(live).toBe(0)
}

async function begun(gate: Int32Array<SharedArrayBuffer>, times = 1): Promise<void> {
  for (let seen = 0; (seen = Atomics.load(gate, 0)) < times;) await Atomics.waitAsync(gate, 0, seen, 1000).value
}

describe.for([1, 2])('a pool of %s threads is whole after', threads => {
  let its: Audited
  beforeAll(() => {
    its = audited({ threads })
  })
  afterAll(() => its.pool.close())

  it('process.exit() in a task', async () => {
    for (const code of [0, 3]) {
      const others = Array.from({ length: 20 }, () => settled(its.pool.run(fib, 12)))
      expect(await failure(its.pool.run(exit, code))).toBeInstanceOf(WorkerLostError)
      expect(await Promise.all(others)).toEqual(others.map(() => ({ value: 144 })))
    }
    await expectWhole(its)
  })

  it.for(['timer', 'immediate', 'rejection'])('a stray failure in a thread (%s)', async how => {
    const deaths = cells(1)
    for (let round = 0; round < 5; round++) {
      const stray = settled(its.pool.run(failLater, how, deaths))
      // What meets the dying thread is lost with it, or is done; nothing hangs.
      const ends = await Promise.all([stray, ...Array.from({ length: 20 }, () => settled(its.pool.run(add, 0, 1)))])
      for (const end of ends) {
        if (typeof end === 'object' && 'error' in end) expect(end.error).toBeInstanceOf(WorkerLostError)
        else expect(end).toEqual({ value: 1 })
      }
      await begun(deaths, round + 1)
    }
    // The exit of the last one may not have been reported yet: then it is now.
    await settled(its.pool.broadcast(add, 1, 2))
    await expectWhole(its)
  })

  it('errors of all kinds at once', async () => {
    const kinds = ['null', 'symbol', 'cyclic', 'proxy', 'revoked', 'registered', 'property']
    const ends = await Promise.all(Array.from({ length: 200 }, (_, i) => settled(its.pool.run(raise, kinds[i % 7]!))))
    expect(ends.every(end => typeof end === 'object' && 'error' in end)).toBe(true)
    await expectWhole(its)
  })

  it('20 000 runs in flight', async () => {
    const shared = cells(20_000)
    const ends = await Promise.all(Array.from({ length: 20_000 }, (_, i) => its.pool.run(count, shared, i)))
    expect(ends.every(end => end === 0)).toBe(true)
    expect(shared.every(cell => cell === 1)).toBe(true)
    await expectWhole(its)
  })

  it('runs that are canceled before, queued and while they run', async () => {
    const { pool } = its
    const reason = new Error('enough')
    const aborted = AbortSignal.abort(reason)
    expect(await failure(pool.runWith({ signal: aborted }, add, 1, 2))).toMatchObject({ cause: reason })
    for (const task of [forkForever, yieldForever]) {
      const gate = cells(1)
      const running = Array.from({ length: threads }, () => new AbortController())
      const queued = Array.from({ length: 20 }, () => new AbortController())
      const shared = cells(1)
      const ends = [
        ...running.map(({ signal }) => failure(pool.runWith({ signal }, task, gate))),
        // A worker that yields runs them by the way: then they have their result.
        ...queued.map(({ signal }) =>
          settled(pool.runWith({ signal }, count, shared, 0)).then(end =>
            typeof end === 'object' && 'error' in end ? end.error : end,
          ),
        ),
      ]
      await begun(gate, threads)
      for (const controller of queued) controller.abort(reason)
      for (const controller of running) controller.abort(reason)
      let done = 0
      for (const [i, end] of (await Promise.all(ends)).entries()) {
        if (i >= threads && !(end instanceof Error)) done++
        else {
          expect(end).toBeInstanceOf(CanceledError)
          expect(end).toMatchObject({ code: 'ERR_FILCH_CANCELED', cause: reason })
        }
      }
      expect(await settled(pool.run(fib, 15))).toEqual({ value: 610 })
      // What has a result has run; what was canceled may have, if nobody had heard of its end yet.
      expect(shared[0]).toBeGreaterThanOrEqual(done)
      // Once more has no effect.
      running[0]!.abort(reason)
    }
    await expectWhole(its)
  })

  it('runs that took too long', async () => {
    const ends = Array.from({ length: 30 }, () => failure(its.pool.runWith({ timeout: 10 }, forever)))
    for (const error of await Promise.all(ends)) expect(error).toBeInstanceOf(CanceledError)
    await expectWhole(its)
  })

  it('an abort signal after the end', async () => {
    const controller = new AbortController()
    expect(await its.pool.runWith({ signal: controller.signal, timeout: 60_000 }, add, 1, 2)).toBe(3)
    controller.abort()
    await expectWhole(its)
  })
})

it('a pool without threads stops a run at its timeout, and goes on', async () => {
  await using pool = new Pool({ threads: 0 })
  expect(await failure(pool.runWith({ timeout: 10 }, forever))).toBeInstanceOf(CanceledError)
  expect(await failure(pool.runWith({ timeout: 10 }, forkForever, cells(1)))).toBeInstanceOf(CanceledError)
  expect(await pool.run(fib, 15)).toBe(610)
})

it('a runSync is not canceled by what was canceled before it', async () => {
  await using pool = new Pool({ threads: 2 })
  const gate = cells(1)
  const controller = new AbortController()
  const { signal } = controller
  const ends = [0, 1].map(() => failure(pool.runWith({ signal }, forkForever, gate)))
  await begun(gate, 2)
  for (let i = 0; i < 200; i++) ends.push(failure(pool.runWith({ signal }, add, 1, 2)))
  controller.abort()
  await Promise.all(ends)
  for (let round = 0; round < 20; round++) {
    expect(pool.runSync(elsewhere, two, cells(1))).toMatchObject([{ index: 2 }, [55, 89]])
  }
})

it('a joiner whose fork was lost with its thread gets a WorkerLostError, and its other forks end', async () => {
  const its = audited({ threads: 2 })
  await its.pool.broadcast(add, 1, 2)
  for (let round = 0; round < 10; round++) {
    const end = await settled(its.pool.run(dieStolen, cells(1)))
    expect(end).toEqual({ value: ['WorkerLostError', 987, 144, 55] })
  }
  await expectWhole(its)
  await its.pool.close()
})

it('100 deaths at random places under load leave the pool whole', async () => {
  const its = audited({ threads: 2 })
  const leaves = 64
  for (let round = 0; round < 100; round++) {
    const shared = cells(leaves)
    const at = (round * 37) % leaves
    const doomed = settled(its.pool.run(dieInTree, shared, 0, leaves, at))
    const spared = Array.from({ length: 5 }, () => settled(its.pool.run(dieInTree, cells(leaves), 0, leaves, -1)))
    const end = await doomed
    expect(end).toMatchObject({ error: { name: 'WorkerLostError' } })
    for (const other of await Promise.all(spared)) {
      if (typeof other === 'object' && 'value' in other) expect(other.value).toBe(leaves)
      else expect(other).toMatchObject({ error: { name: 'WorkerLostError' } })
    }
    expect(shared.every(cell => cell <= 1)).toBe(true)
    if (round % 10 === 9) await expectWhole(its)
  }
  await expectWhole(its)
  await its.pool.close()
}, 60_000)

it('a thread out of memory is replaced', async () => {
  expect(await child('memory.mjs')).toMatchObject({ code: 0, signal: null, out: 'whole\n' })
})
