// Stack overflows from a hundred depths, alone and beside other runs; the pool computes correctly after each.
import assert from 'node:assert/strict'

import { Pool } from 'filch'

import { catchOverflow, overflowForking, overflowFrom, overflowInFork } from '../../task/errors.tasks.ts'
import { cells, fib } from '../basic.tasks.ts'

const pool = new Pool({ threads: 2, stackSizeMb: 1 })
const alone = new Pool({ threads: 0 })
for (let depth = 0; depth < 100; depth++) {
  const ends = await Promise.allSettled([
    pool.run(overflowFrom, 7 * depth),
    pool.run(fib, 12),
    pool.run(depth % 2 === 0 ? overflowForking : overflowInFork, 0),
    pool.run(catchOverflow, cells(1)),
    alone.run(overflowFrom, 7 * depth),
    alone.run(fib, 12),
  ])
  assert.deepEqual(
    ends.map(end => (end.status === 'fulfilled' ? end.value : end.reason.name)),
    ['RangeError', 144, 'RangeError', 610, 'RangeError', 144],
  )
  if (depth % 10 === 0) assert.throws(() => pool.runSync(overflowFrom, 7 * depth), RangeError)
  assert.equal(await pool.run(fib, 15), 610)
}
assert.equal(pool.runSync(fib, 20), 6765)
await pool.close()
await alone.close()
