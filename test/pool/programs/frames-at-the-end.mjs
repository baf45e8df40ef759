// As many forks are pending as there are frames when the stack ends, and tasks fork on from there on the way up.
import assert from 'node:assert/strict'

import { Pool } from 'filch'

import { fib } from '../basic.tasks.ts'
import { forkAtTheEnd } from '../../task/errors.tasks.ts'

const pool = new Pool({ threads: 1, stackSizeMb: 1 })
const alone = new Pool({ threads: 0 })
for (let depth = 0; depth < 8; depth++) {
  for (const its of [pool, alone]) {
    assert.match(await its.run(forkAtTheEnd, depth, 1024), /^1*$/)
    assert.equal(await its.run(fib, 12), 144)
  }
  assert.match(pool.runSync(forkAtTheEnd, depth, 1024), /^1*$/)
}
await Promise.all([pool.close(), alone.close()])
