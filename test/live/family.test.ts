import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { KilledError, Pool } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { cells, hold } from '../pool/basic.tasks.ts'
import { count } from '../pool/life.tasks.ts'
import { failure } from '../pool/settle.ts'
import * as tasks from './family.tasks.ts'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const open = (gate: Int32Array): void => {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
}

async function reaches(shared: Int32Array<SharedArrayBuffer>, at: number, least: number): Promise<void> {
  for (let seen = 0; (seen = Atomics.load(shared, at)) < least;) await Atomics.waitAsync(shared, at, seen, 20).value
}

describe.for([0, 1, 2, 4])('with %s threads', threads => {
  const pool = new Pool({ threads })
  afterAll(() => pool.close())

  it('a task is joined by a generator, by its plain parent and by whoever awaits it', async () => {
    expect(await pool.run(tasks.sum, 50)).toBe(40_425)
    expect(await pool.run(tasks.plainSum, 50)).toBe(40_425)
    const handles = Array.from({ length: 20 }, (_, i) => pool.spawn(tasks.sum, i))
    expect(await Promise.all(handles)).toEqual(handles.map((_, n) => ((n - 1) * n * (2 * n - 1)) / 6))
    expect(handles.map(({ status }) => status)).toEqual(handles.map(() => 'done'))
  })

  it('children outlive the call that spawned them, but not their task', async () => {
    for (let round = 0; round < 20; round++) {
      const shared = cells(1)
      // Each child has two, and so on: fifteen in all.
      expect(await pool.run(tasks.starts, shared, 10)).toBe('ended')
      expect(shared[0]).toBe(150)
    }
  })

  it('losing the handle cancels nothing', async () => {
    const shared = cells(200)
    const gate = cells(2)
    const holding = threads === 0 ? undefined : pool.run(hold, gate)
    for (let i = 0; i < shared.length; i++) pool.spawn(count, shared, i)
    gc()
    Atomics.store(gate, 1, 1)
    Atomics.notify(gate, 1)
    await holding
    while (shared.some(cell => cell === 0)) {
      await new Promise(resolve => setImmediate(resolve))
      gc()
    }
    expect(shared.every(cell => cell === 1)).toBe(true)
  })

  it('a failure that nobody joins ends the parent; a supervised one, a caught one and a detached one do not', async () => {
    expect(await pool.run(tasks.supervised)).toBe('36 RangeError: supervised')
    expect(await pool.run(tasks.caught)).toBe('RangeError: caught')
    expect(await pool.run(tasks.detached)).toBe(14)
    const outcome = await pool.spawn(tasks.caught).result()
    expect(outcome).toEqual({ ok: true, value: 'RangeError: caught' })
  })
})

describe.for([1, 2, 4])('on %s threads', threads => {
  const pool = new Pool({ threads })
  afterAll(() => pool.close())

  it('a handle is sent to other tasks, which join it', async () => {
    for (let round = 0; round < 20; round++) {
      const gate = cells(1)
      const handle = pool.spawn(tasks.gated, gate, round)
      const waiters = Array.from({ length: 5 }, () => pool.spawn(tasks.waiter, handle))
      open(gate)
      expect(await Promise.all(waiters)).toEqual(waiters.map(() => round + 1))
    }
  })

  it('the siblings of who has failed are killed', async () => {
    for (let round = 0; round < 20; round++) {
      const shared = cells(2)
      expect(await failure(pool.run(tasks.linked, shared))).toEqual(new RangeError('linked'))
      // What had begun has ended, by its `finally`.
      expect(shared[1]).toBe(shared[0])
    }
  })

  it('a kill ends what waits, with all that is below, and finally runs', async () => {
    for (let round = 0; round < 10; round++) {
      const shared = cells(2)
      const handle = pool.spawn(tasks.family, shared, 2)
      // Three families, and of what never ends as many as there are workers.
      await reaches(shared, 0, 3 + 1)
      handle.kill('enough')
      const error = await failure(Promise.resolve(handle))
      expect(error).toBeInstanceOf(KilledError)
      expect(error).toMatchObject({ reason: 'enough' })
      expect(shared[1]).toBe(shared[0])
    }
  })

  it('a kill ends what nobody has begun at once', async () => {
    const gate = cells(2)
    const holding = Array.from({ length: threads }, () => pool.run(hold, gate))
    await reaches(gate, 0, threads)
    const shared = cells(1)
    const handle = pool.spawn(count, shared, 0)
    expect(handle.status).toBe('queued')
    handle.kill('not needed')
    // Though every worker is blocked.
    expect(await failure(Promise.resolve(handle))).toMatchObject({ name: 'KilledError', reason: 'not needed' })
    expect(handle.status).toBe('killed')
    Atomics.store(gate, 1, 1)
    Atomics.notify(gate, 1)
    await Promise.all(holding)
    expect(await pool.run(count, shared, 0)).toBe(0)
  })

  it('a detached task outlives its parent', async () => {
    const [gate, shared] = [cells(1), cells(1)]
    await pool.run(tasks.leavesOneBehind, gate, shared)
    expect(shared[0]).toBe(0)
    open(gate)
    await reaches(shared, 0, 1)
  })

  it('a pinned task runs on its worker alone, however busy that is', async () => {
    for (let on = 0; on < threads; on++) {
      const free = Array.from({ length: 30 }, () => pool.spawnWith({ on }, tasks.place))
      expect(new Set(await Promise.all(free))).toEqual(new Set([on]))
    }
    const gate = cells(2)
    const holding = pool.spawnWith({ on: 0 }, hold, gate)
    await reaches(gate, 0, 1)
    const pinned = Array.from({ length: 30 }, () => pool.spawnWith({ on: 0 }, tasks.place))
    // The others have nothing else to do.
    if (threads > 1) expect(await pool.spawnWith({ on: 1 }, tasks.place)).toBe(1)
    expect(pinned.map(({ status }) => status)).toEqual(pinned.map(() => 'queued'))
    Atomics.store(gate, 1, 1)
    Atomics.notify(gate, 1)
    expect(new Set(await Promise.all(pinned))).toEqual(new Set([0]))
    expect(await holding).toBe(1)
  })
})
