// A thread dies with stolen work while the caller blocks in runSync, where no event can reach it.
import assert from 'node:assert/strict'

import { Pool, WorkerLostError } from 'filch'

import { cells, fib } from '../basic.tasks.ts'
import { dieBeside } from '../deaths.tasks.ts'

const how = process.argv[2]
const pool = new Pool({ threads: 1, maxHeapMb: 32 })
assert.equal(await pool.run(fib, 20), 6765)
assert.throws(() => pool.runSync(dieBeside, how, cells(1)), WorkerLostError)
assert.equal(await pool.run(fib, 20), 6765)
assert.equal(pool.runSync(fib, 20), 6765)
await pool.close()
