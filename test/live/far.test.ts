import { Pool } from 'filch'
import { describe, expect, it } from 'vitest'

import { SOLO } from '../support/mode.ts'
import { asksForFarErrands, hasFarParent, leavesFarMessages } from './far.tasks.ts'

/** What lies in memory that another thread has added, and this one has not seen. */
describe('in memory that has grown since', () => {
  it('a task finds its parent', async () => {
    await using pool = new Pool({ threads: 3 })
    expect(await pool.spawnWith({ on: 0 }, hasFarParent)).toBe(true)
  })

  it('messages that nobody has read are dropped', async () => {
    await using pool = new Pool({ threads: 2 })
    expect(await pool.spawnWith({ on: 0 }, leavesFarMessages)).toBe(24)
    expect(await pool.spawnWith({ on: 0 }, leavesFarMessages)).toBe(24)
  })

  it.skipIf(SOLO)('the maker of the pool finds the jobs that errands are about', async () => {
    await using pool = new Pool({ threads: 2, maxThreads: 3 })
    expect(await pool.run(asksForFarErrands)).toBe(3)
  })
})
