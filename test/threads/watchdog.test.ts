import { OptionError, Pool, type Stuck } from 'filch'
import { describe, expect, it } from 'vitest'

import { SOLO } from '../support/mode.ts'
import * as tasks from './threads.tasks.ts'
import { gate, open, reached, threadsOf } from './tools.ts'

const MS = 60

describe.skipIf(SOLO)('the watchdog', () => {
  it('names a task that keeps its worker from everything else, once (B17, B38)', async () => {
    const seen: Stuck[] = []
    await using pool = new Pool({ threads: 2, watchdog: { ms: MS, onStuck: stuck => seen.push(stuck) } })
    for (let round = 1; round < 3; round++) {
      const closed = gate()
      const stuck = pool.spawnWith({ on: 1 }, tasks.gated, closed)
      await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(round)
      expect(seen.at(-1)).toMatchObject({ worker: 1, task: expect.stringContaining('threads.tasks.ts') })
      expect(seen.at(-1)!.ms).toBeGreaterThanOrEqual(MS)
      open(closed)
      await stuck
    }
  })

  it('says nothing of who forks, waits, yields, blocks with notice, or may block', async () => {
    // Longer than the machine ever keeps a thread from running: who stands still for that is stuck to anybody who looks.
    const ms = 1500
    const seen: Stuck[] = []
    await using pool = new Pool({ threads: 2, watchdog: { ms, onStuck: stuck => seen.push(stuck) } })
    const closed = gate()
    const polls = gate()
    const long = [
      pool.spawnWith({ dedicated: true }, tasks.gated, closed),
      pool.spawn(tasks.blocks, closed),
      pool.spawn(tasks.joinsOwn, closed),
    ]
    const polling = pool.spawn(tasks.polls, polls)
    await reached(polls, 1)
    await pool.run(tasks.forksAlone, 2 * ms)
    polling.kill()
    open(closed)
    await Promise.all(long)
    expect(seen).toEqual([])
  })

  it('has a spare in the place of a worker that is stuck, if asked (B56)', async () => {
    await using pool = new Pool({
      threads: 1,
      name: 'compensated',
      idleTimeout: 50,
      watchdog: { ms: MS, onStuck: () => {}, compensate: true },
    })
    const closed = gate()
    const stuck = pool.run(tasks.gated, closed)
    await reached(closed, 1)
    // Nobody but a spare can.
    expect(await pool.run(tasks.where)).toEqual([2, 1])
    open(closed)
    await stuck
    await expect.poll(() => threadsOf('compensated'), { timeout: 20_000 }).toBe(1)
  })

  it('warns where nobody listens', async () => {
    const warnings: string[] = []
    const hear = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', hear)
    const pool = new Pool({ threads: 1, name: 'warned', watchdog: MS })
    const closed = gate()
    const stuck = pool.run(tasks.gated, closed)
    await expect
      .poll(() => warnings.find(text => text.includes('the pool warned')), { timeout: 20_000 })
      .toMatch(/yieldNow/)
    open(closed)
    await stuck
    await pool.close()
    process.off('warning', hear)
  })

  it('refuses what it cannot use', () => {
    for (const watchdog of [0, -1, NaN, '5', null, {}, { ms: 5, onStuck: 3 }, { ms: 5, often: true }]) {
      expect(() => new Pool({ threads: 0, watchdog: watchdog as never })).toThrow(OptionError)
    }
  })
})
