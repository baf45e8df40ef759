// What fake timers do to the clock of the thread that blocks.
import assert from 'node:assert/strict'

import { Pool } from 'filch'

import { cells, touch } from '../basic.tasks.ts'

const pool = new Pool({ threads: 2 })
const shared = cells(16)
await pool.run(touch, shared, 0, 16, 0)
performance.now = () => 1e6
assert.equal(pool.runSync(touch, shared, 0, 16, 0), 32)
await pool.close()
