// Stack overflows from a hundred depths, alone and beside other runs; the pool computes correctly after each, and no job is left
// behind: neither by a join that the end of the stack cut off while it waited, nor by a scope.
import assert from 'node:assert/strict'

import { ForkError, Pool } from 'filch'

import {
  catchOverflow,
  overflowForking,
  overflowFrom,
  overflowInFork,
  overflowInScope,
  spawnToTheEnd,
} from '../../task/errors.tasks.ts'
import { audited } from '../audit.ts'
import { cells, fib } from '../basic.tasks.ts'

const { pool, live, inUse } = audited({ threads: 2, stackSizeMb: 1 })
const alone = new Pool({ threads: 0 })
for (let depth = 0; depth < 100; depth++) {
  const ends = await Promise.allSettled([
    pool.run(overflowFrom, 7 * depth),
    pool.run(fib, 12),
    pool.run([overflowForking, overflowInFork, overflowInScope][depth % 3], 0),
    pool.run(catchOverflow, cells(1)),
    alone.run(overflowFrom, 7 * depth),
    alone.run(fib, 12),
  ])
  assert.deepEqual(
    ends.map(end => (end.status === 'fulfilled' ? end.value : end.reason.name)),
    ['RangeError', 144, 'RangeError', 610, 'RangeError', 144],
  )
  assert.equal(live(), 0, inUse())
  assert.equal(await pool.run(spawnToTheEnd, cells(1 << 16), depth), '')
  assert.equal(live(), 0, inUse())
  if (depth % 10 === 0) assert.throws(() => pool.runSync(overflowFrom, 7 * depth), RangeError)
  assert.equal(await pool.run(fib, 15), 610)
}

// The caller comes to the end of its own stack, and starts something from every depth up from there.
const runs = []
const sums = new Set()
const failures = new Set()
let enough = 0
function down() {
  try {
    down()
  } catch (error) {
    failures.add(error)
  }
  if (enough > 20) return
  try {
    runs.push(pool.run(fib, 5))
    sums.add(pool.runSync(fib, 5))
    enough++
  } catch (error) {
    failures.add(error)
  }
}
down()
assert.deepEqual([...sums], [5])
for (const error of failures) assert.ok(error instanceof RangeError, error)
for (const end of await Promise.allSettled(runs))
  assert.equal(end.value ?? end.reason.name, end.value ? 5 : 'RangeError')
assert.equal(live(), 0, inUse())
assert.throws(() => fib.fork(1), ForkError)
assert.equal(pool.runSync(fib, 20), 6765)
await pool.close()
await alone.close()
