// Threads run out of memory, alone and under load; the pool is whole after each.
import assert from 'node:assert/strict'

import { Pool, WorkerLostError } from 'filch'

import { fib } from '../basic.tasks.ts'
import { fill } from '../deaths.tasks.ts'

const pool = new Pool({ threads: 2, maxHeapMb: 24 })
for (let round = 0; round < 4; round++) {
  const others = Array.from({ length: 10 }, () => pool.run(fib, 15))
  await assert.rejects(pool.run(fill), WorkerLostError)
  assert.deepEqual(await Promise.all(others), Array(10).fill(610))
}
assert.deepEqual(await pool.broadcast(fib, 10), [55, 55])
await pool.close()
console.log('whole')
