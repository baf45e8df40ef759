import { WorkerLostError } from 'filch'
import { afterEach, expect, it, vi } from 'vitest'

import { SOLO } from '../support/mode.ts'
import { audited } from './audit.ts'
import { add, cells } from './basic.tasks.ts'
import { child } from './child.ts'
import { exitAtGate, length } from './life.tasks.ts'
import { failure, settled } from './settle.ts'

async function begun(gate: Int32Array<SharedArrayBuffer>): Promise<void> {
  while (Atomics.load(gate, 0) === 0) await Atomics.waitAsync(gate, 0, 0, 1000).value
}

function open(gate: Int32Array<SharedArrayBuffer>): void {
  Atomics.store(gate, 1, 1)
  Atomics.notify(gate, 1)
}

afterEach(() => void vi.useRealTimers())

it('a broadcast from the onProgress of a run that was lost reaches the thread that replaces the dead one', async () => {
  const { pool, live } = audited({ threads: 1 })
  // No report comes before the end, which tells what has not been told.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  for (let round = 0; round < 3; round++) {
    const gate = cells(2)
    let inner: Promise<unknown> | undefined
    const onProgress = (): void => void (inner ??= settled(pool.broadcast(add, 40, 2)))
    const lost = failure(pool.runWith({ onProgress }, exitAtGate, gate))
    await begun(gate)
    open(gate)
    expect(await lost).toBeInstanceOf(WorkerLostError)
    expect(await inner).toEqual({ value: [42] })
    expect(await settled(pool.broadcast(add, 1, 2))).toEqual({ value: [3] })
    expect(await Promise.all(Array.from({ length: 40 }, () => pool.run(add, 1, 2)))).toEqual(Array(40).fill(3))
    // Where every run has a thread of its own, that one has still to say that it is idle.
    await expect.poll(live).toBe(0)
    expect(await settled(pool.broadcast(length, [1]))).toEqual({ value: [1] })
  }
  await pool.close()
})

// Where every run has a thread of its own, no broadcast waits behind one.
it.skipIf(SOLO)('the arguments of a broadcast that was lost with its thread are freed', async () => {
  const { pool, live, used } = audited({ threads: 1 })
  const large = new Float64Array(100_000)
  let first = 0
  for (let round = 0; round < 5; round++) {
    const gate = cells(2)
    const lost = failure(pool.run(exitAtGate, gate))
    await begun(gate)
    const unread = failure(pool.broadcast(length, large))
    open(gate)
    expect(await lost).toBeInstanceOf(WorkerLostError)
    expect(await unread).toBeInstanceOf(WorkerLostError)
    // Where every run has a thread of its own, that one has still to say that it is idle.
    await expect.poll(live).toBe(0)
    first ||= used()
  }
  expect(used() - first).toBeLessThan(large.length)
  await pool.close()
})

it('settles every run of a batch though Error.prepareStackTrace makes no strings', async () => {
  expect(await child('strange-stacks.mjs')).toMatchObject({
    code: 0,
    signal: null,
    err: '',
    out: 'rejected mine\n20 resolved\n',
  })
})
