import { KilledError, Pool } from 'filch'
import { describe, expect, it } from 'vitest'

import { audited } from '../pool/audit.ts'
import { cells } from '../pool/basic.tasks.ts'
import { failure, settled } from '../pool/settle.ts'
import { SOLO } from '../support/mode.ts'
import * as t from './calls.tasks.ts'
import { quiet } from './quiet.ts'

describe.for([0, 1, 2, 4])('%i threads', threads => {
  it('a recursion without end of tasks that join each other is an ordinary error', { timeout: 120_000 }, async () => {
    const { pool, live } = audited({ threads })
    for (let round = 0; round < 3; round++) {
      const end = await settled(pool.run(t.endless, 0), 60_000)
      expect(end).toMatchObject({ error: expect.any(RangeError) as unknown })
      expect(await settled(pool.run(t.next, round))).toEqual({ value: round + 1 })
    }
    await quiet(live)
    await pool.close()
  })

  it('who is killed before it begins never does, and who waits for it knows', async () => {
    const { pool, live } = audited({ threads })
    const { before, after, reasons, count, names, begun } = await pool.run(t.killed)
    expect(names).toEqual(new Set([true]))
    // Others take some of them.
    if (threads < 2 && !SOLO) {
      expect([before, after]).toEqual([new Set(['queued']), new Set(['killed'])])
      expect([reasons, count, begun]).toEqual([new Set(['not wanted']), 50, 0])
    } else expect([...reasons]).toEqual(count > 0 ? ['not wanted'] : [])
    const unheard = await settled(pool.run(t.killedUnheard))
    if (threads < 2 && !SOLO) expect(unheard).toMatchObject({ error: { name: 'KilledError', reason: 'unheard' } })
    await quiet(live)
    await pool.close()
  })

  it('its handle can be sent before it begins', async () => {
    const { pool, live } = audited({ threads })
    for (let round = 0; round < 20; round++) {
      const on = Math.max(0, threads - 1)
      const [sums, own, doomed] = await pool.run(t.sent, on)
      expect([sums, own]).toEqual([[2, 2, 2, 2, 2], 2])
      expect(['ran', 'from afar']).toContain(doomed)
    }
    await quiet(live)
    await pool.close()
  })

  it('they never begin once their parent has failed', async () => {
    const { pool, live } = audited({ threads })
    expect(await failure(pool.run(t.fails))).toMatchObject({ message: 'early' })
    await quiet(live)
    await pool.close()
  })

  it('an older one has its turn while others come and go', async () => {
    await using pool = new Pool({ threads })
    expect(await settled(pool.run(t.fair))).toEqual({ value: 'done' })
  })

  it('a kill is heard of once, by who joins', async () => {
    await using pool = new Pool({ threads })
    for (let round = 0; round < 20; round++) {
      expect(await settled(pool.run(t.killedAndJoined))).toEqual({ value: 'ok 2' })
      expect(await settled(pool.run(t.killedAndAwaited))).toEqual({ value: 'ok 2' })
    }
  })

  it('what is thrown may spawn, name a handle, or be no object any more', async () => {
    const { pool, live } = audited({ threads })
    for (let round = 0; round < 10; round++) {
      expect(await settled(pool.run(t.throwsWhatSpawns))).toHaveProperty('error')
      expect(await settled(pool.run(t.proxyStatus))).toEqual({ value: 'failed' })
    }
    await quiet(live)
    expect((await pool.dump()).workers.flatMap(({ tasks }) => tasks)).toEqual([])
    // It is let go of when it was collected.
    expect(await settled(pool.run(t.namesHandle))).toEqual({ value: 42 })
    await pool.close()
  })

  it('one that the end of the stack cut off was not spawned', async () => {
    const { pool, live } = audited({ threads })
    expect(await settled(pool.run(t.atTheEnd))).toEqual({ value: 3 })
    expect(await settled(pool.run(t.next, 1))).toEqual({ value: 2 })
    await quiet(live)
    await pool.close()
  })

  // Only mere calls, which there are none of in 1:1.
  it.skipIf(SOLO)('may be spawned by a getter of what is being sent', async () => {
    await using pool = new Pool({ threads })
    for (let round = 0; round < 20; round++) expect(await settled(pool.run(t.inGetter))).toEqual({ value: 43 })
  })

  it('results and errors are as those of others', async () => {
    await using pool = new Pool({ threads })
    for (let round = 0; round < 20; round++) {
      expect(await pool.run(t.outcomes)).toEqual([[1, 2], [true, 'no 2', 2], 4, 'done', 'failed', 'done'])
    }
  })
})

it.skipIf(SOLO)('a hundred thousand that wait take no memory of the pool', async () => {
  const { pool, live } = audited({ threads: 1 })
  const [go, ready] = [cells(1), cells(1)]
  const sum = pool.run(t.many, 100_000, go, ready)
  while (Atomics.load(ready, 0) === 0) await new Promise(setImmediate)
  expect(live()).toBeLessThan(10)
  Atomics.store(go, 0, 1)
  Atomics.notify(go, 0)
  expect(await sum).toBe((100_000 * 100_001) / 2)
  await quiet(live)
  await pool.close()
})

it('is heard of after the pool has ended', async () => {
  const pool = new Pool({ threads: 0 })
  const handle = pool.spawn(t.next, 1)
  handle.kill()
  await pool.close()
  expect(await failure(handle.join().then(x => x))).toBeInstanceOf(KilledError)
})

describe.for([2, 3])('%i threads, pinned tasks in slots that others have left', threads => {
  it('run on their worker alone', async () => {
    await using pool = new Pool({ threads })
    for (let on = 0; on < threads; on++) {
      expect(await pool.spawnWith({ on: 0 }, t.pinsAfterNamed, on, 20)).toBe(0)
      expect(await pool.spawnWith({ on: 0 }, t.pinsAfterMany, on, 20)).toBe(0)
    }
  })
})
