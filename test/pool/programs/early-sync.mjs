// A pool's first act is a runSync over shared memory: its threads get ready while the caller blocks, however long they take.
import assert from 'node:assert/strict'

import { Pool } from 'filch'

import { cells } from '../basic.tasks.ts'
import { untilStolen } from '../deaths.tasks.ts'

const pool = new Pool({ threads: 2 })
const shared = cells(2)
const forks = pool.runSync(untilStolen, shared)
assert.equal(shared[0], forks)
assert.ok(pool.stats().steals > 0)
await pool.close()
