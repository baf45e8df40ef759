import { Pool } from 'filch'
import { expect, it } from 'vitest'

import { add, cells, hold } from './basic.tasks.ts'
import { count } from './life.tasks.ts'

it.for([1, 2])('tasks flow while the caller is blocked (%s threads)', async threads => {
  await using pool = new Pool({ threads })
  await pool.broadcast(add, 1, 2)
  const shared = cells(41)
  const runs = Array.from({ length: 40 }, (_, i) => pool.run(count, shared, i))
  Atomics.wait(shared, 40, 0, 300)
  expect([...shared.subarray(0, 40)]).toEqual(Array.from({ length: 40 }, () => 1))
  expect(await Promise.all(runs)).toEqual(Array.from({ length: 40 }, () => 0))
})

it('small tasks pass a long one while the caller is blocked', async () => {
  await using pool = new Pool({ threads: 2 })
  await pool.broadcast(add, 1, 2)
  const shared = cells(41)
  const gate = cells(2)
  const long = pool.run(hold, gate)
  const runs = Array.from({ length: 40 }, (_, i) => pool.run(count, shared, i))
  Atomics.wait(shared, 40, 0, 300)
  expect(shared.subarray(0, 40).every(cell => cell === 1)).toBe(true)
  Atomics.store(gate, 1, 1)
  Atomics.notify(gate, 1)
  expect(await long).toBe(1)
  await Promise.all(runs)
})
