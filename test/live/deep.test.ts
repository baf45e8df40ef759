import { Pool } from 'filch'
import { describe, expect, it } from 'vitest'

import { audited } from '../pool/audit.ts'
import { cells } from '../pool/basic.tasks.ts'
import { settled } from '../pool/settle.ts'
import { SOLO } from '../support/mode.ts'
import { chain, deep, killsDeep, overflow, stubborn, takes, takesFar } from './deep.tasks.ts'
import { quiet } from './quiet.ts'

/** Milliseconds for 15,000 levels: a third of one each where every task may have a thread, and more beside other tests. */
const limit = SOLO ? 120_000 : 30_000

describe.for([0, 1, 2, 4])('%i threads', threads => {
  it('a join that helps nobody still runs what it waits for', async () => {
    const { pool, live } = audited({ threads })
    expect(await settled(pool.run(deep, 60))).toEqual({ value: 7 })
    await quiet(live)
    await pool.close()
  })

  it('a task may come to a handle', async () => {
    const { pool } = audited({ threads })
    for (let round = 0; round < 20; round++) expect(await settled(pool.run(takes))).toEqual({ value: 14 })
    await pool.close()
  })

  it('the handle may be of a task in memory that has grown since', async () => {
    await using pool = new Pool({ threads })
    for (const looks of [false, true]) {
      const parent = pool.spawnWith({ on: Math.max(0, threads - 1) }, takesFar, 10_000, looks)
      expect(await settled(Promise.resolve(parent))).toEqual({ value: 7 })
    }
  })

  it('spawning at the end of the stack loses no task', async () => {
    const { pool, live } = audited({ threads })
    for (let round = 0; round < 5; round++) expect(await settled(pool.run(overflow))).toEqual({ value: 1 })
    await quiet(live)
    await pool.close()
  })

  it('a kill at the end of the stack kills, or has not begun', async () => {
    const { pool, live } = audited({ threads })
    for (let step = 997; step < 1003; step++) expect(await settled(pool.run(killsDeep, step))).toEqual({ value: 0 })
    await quiet(live)
    await pool.close()
  })

  it(
    'a kill goes down a tree of any depth',
    async () => {
      const { pool, live } = audited({ threads })
      const there = cells(1)
      const handle = pool.spawn(chain, 15_000, there)
      for (; Atomics.load(there, 0) === 0;) await Atomics.waitAsync(there, 0, 0, 20).value
      handle.kill('enough')
      expect(await settled(Promise.resolve(handle))).toMatchObject({ error: { name: 'KilledError', reason: 'enough' } })
      await quiet(live)
      await pool.close()
    },
    limit,
  )
})

it('a kill by force finds a tree of any depth in one look', async () => {
  const { pool, live } = audited({ threads: 1 })
  const there = cells(1)
  const handle = pool.spawn(stubborn, 5000, there)
  for (; Atomics.load(there, 0) === 0;) await Atomics.waitAsync(there, 0, 0, 20).value
  handle.kill('enough', { force: true })
  // With a look for each level it was 14 s.
  expect(await settled(Promise.resolve(handle), 5000)).toMatchObject({ error: { name: 'KilledError' } })
  await quiet(live)
  await pool.close()
})
