import { Pool } from 'filch'
import { expect, it } from 'vitest'

import { add, cells, hold } from './basic.tasks.ts'
import { count } from './life.tasks.ts'
import { bothSides, stuckParent } from './stuck.tasks.ts'

/** Blocks this thread, whose event loop does not turn meanwhile, until every cell is 1; the deadline is for a pool that hangs. */
function blockUntilMarked(shared: Int32Array<SharedArrayBuffer>): void {
  const until = performance.now() + 25_000
  while (shared.some(cell => cell !== 1) && performance.now() < until) Atomics.wait(cells(1), 0, 0, 5)
  expect(shared.every(cell => cell === 1)).toBe(true)
}

it.for([1, 2])('tasks flow while the caller is blocked (%s threads)', async threads => {
  await using pool = new Pool({ threads })
  await pool.broadcast(add, 1, 2)
  const shared = cells(40)
  const runs = Array.from({ length: 40 }, (_, i) => pool.run(count, shared, i))
  blockUntilMarked(shared)
  expect(await Promise.all(runs)).toEqual(Array.from({ length: 40 }, () => 0))
})

it('small tasks pass a long one while the caller is blocked', async () => {
  await using pool = new Pool({ threads: 2 })
  await pool.broadcast(add, 1, 2)
  const shared = cells(40)
  const gate = cells(2)
  const long = pool.run(hold, gate)
  const runs = Array.from({ length: 40 }, (_, i) => pool.run(count, shared, i))
  blockUntilMarked(shared)
  Atomics.store(gate, 1, 1)
  Atomics.notify(gate, 1)
  expect(await long).toBe(1)
  await Promise.all(runs)
})

it('workers steal from each other while the caller is blocked', async () => {
  await using pool = new Pool({ threads: 2 })
  await pool.broadcast(add, 1, 2)
  for (let round = 0; round < 20; round++) {
    const sides = cells(2)
    const run = pool.run(bothSides, sides)
    // Each side waits for the other, so they end only if two workers run them at once.
    blockUntilMarked(sides)
    expect(await run).toBe(2)
  }
})

it('what a task has spawned before it gets stuck is run by others', async () => {
  await using pool = new Pool({ threads: 2 })
  await pool.broadcast(add, 1, 2)
  // As many as a seat shows to others (live/household.ts).
  expect(await pool.run(stuckParent, cells(16))).toBe(16)
})
