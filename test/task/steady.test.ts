import { Pool } from 'filch'
import { describe, expect, it } from 'vitest'

import { audited } from '../pool/audit.ts'
import { add, fib, flat, touch, cells } from '../pool/basic.tasks.ts'
import { heapGrowth } from './steady.tasks.ts'

describe('in steady state', () => {
  it('a fork makes no object', async () => {
    // A second thread would have forks published.
    await using pool = new Pool({ threads: 1 })
    const [bare, wasted] = await pool.run(heapGrowth)
    // 28,656 forks; an object of one field takes 16 bytes or more.
    expect(wasted).toBeGreaterThan(28_656 * 16)
    expect(bare).toBeLessThan(28_656)
  })

  it('forks and runs take no more of the shared memory', async () => {
    const { pool, live, used } = audited({ threads: 2 })
    const work = async (): Promise<void> => {
      await Promise.all([pool.run(fib, 18), pool.run(flat, 5000), pool.run(touch, cells(64), 0, 64, 0)])
      for (let i = 0; i < 200; i++) await pool.run(add, i, 1)
    }
    for (let i = 0; i < 10; i++) await work()
    const before = used()
    for (let i = 0; i < 50; i++) await work()
    expect(live()).toBe(0)
    // How many forks are published at a time is chance; each may take a slot and a block of its own, once.
    expect(used() - before).toBeLessThan(64 * 1024)
    await pool.close()
  })
})
