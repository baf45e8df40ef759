import { Pool } from 'filch'
import { expect, it } from 'vitest'

import { cells, fib, flat, hold, touch } from './basic.tasks.ts'
import { child } from './child.ts'

it('hands shared memory to threads that get ready while the caller blocks', async () => {
  expect(await child('early-sync.mjs')).toMatchObject({ code: 0, err: '' })
})

it.for(['exit', 'memory'])('ends when a thread with stolen work is lost meanwhile (%s)', async how => {
  expect(await child('sync-loss.mjs', { args: [how] })).toMatchObject({ code: 0, signal: null })
})

it('is woken at once though a run is pending', async () => {
  await using pool = new Pool({ threads: 2 })
  await pool.run(fib, 15)
  const shared = cells(16)
  const start = performance.now()
  for (let round = 0; round < 40; round++) {
    const gate = cells(2)
    const pending = pool.run(hold, gate)
    while (Atomics.load(gate, 0) === 0) Atomics.wait(gate, 0, 0)
    expect(pool.runSync(touch, shared, 0, 16, 1)).toBe(16 * (round + 1))
    Atomics.store(gate, 1, 1)
    Atomics.notify(gate, 1)
    await pending
  }
  // 40 rounds of 16 ms of work: half a second. Each lost wake-up costs 500 ms.
  expect(performance.now() - start).toBeLessThan(4000)
})

it(
  'offers forks for as long as it runs, and takes each back that nobody has claimed',
  { timeout: 120_000 },
  async () => {
    await using pool = new Pool({ threads: 1 })
    // Far more than the caller's deque holds, and all in one slot: in a full deque the oldest entries look like the newest.
    const forks = 4_000_000
    expect(pool.runSync(flat, forks)).toBe(forks)
    expect(pool.stats().published).toBeGreaterThan(forks / 2)
  },
)
