// A pool's first act is a runSync over shared memory: its threads get ready while the caller blocks.
import assert from 'node:assert/strict'

import { Pool } from 'filch'

import { cells, touch } from '../basic.tasks.ts'

const pool = new Pool({ threads: 2 })
const shared = cells(512)
assert.equal(pool.runSync(touch, shared, 0, 512, 1), 512)
assert.ok(shared.every(cell => cell === 1))
assert.ok(pool.stats().steals > 0, 'no thread was ready in time, so this shows nothing')
await pool.close()
