// Run by scripts/smoke.mjs in an empty project that has only the packed package, on each supported Node.
import assert from 'node:assert/strict'

import { Pool, run, runSync } from 'filch'

import { fail, fib } from './smoke.tasks.mjs'

assert.equal(fib(1), 1, 'a plain call')
assert.throws(() => fib(2), { code: 'ERR_FILCH_OUTSIDE_TASK' })
assert.equal(runSync(fib, 10), 55, 'the caller works along')
assert.equal(await run(fib, 25), 75_025, 'the default pool')

const pool = new Pool({ threads: 2 })
assert.deepEqual(await Promise.all([pool.run(fib, 20), pool.run(fib, 21)]), [6765, 10_946], 'a pool of two threads')
await assert.rejects(pool.run(fail, 'no'), { name: 'RangeError', message: 'no' })
await pool.close()

// Printed last, and the process must now end by itself: the default pool is idle.
console.log(`${process.version} ok`)
