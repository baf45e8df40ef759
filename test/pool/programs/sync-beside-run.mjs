// A runSync while a run is pending, so that the caller listens for its end as well: it must be woken all the same. Without the
// nap that bounds every sleep (test/soak/napless.mjs) a wake-up that is lost is a hang.
import assert from 'node:assert/strict'

import { Pool } from 'filch'

import { cells, fib, hold, touch } from '../basic.tasks.ts'

const pool = new Pool({ threads: 2 })
await pool.run(fib, 15)
const shared = cells(16)
for (let round = 0; round < 40; round++) {
  const gate = cells(2)
  const pending = pool.run(hold, gate)
  while (Atomics.load(gate, 0) === 0) Atomics.wait(gate, 0, 0)
  assert.equal(pool.runSync(touch, shared, 0, 16, 1), 16 * (round + 1))
  Atomics.store(gate, 1, 1)
  Atomics.notify(gate, 1)
  await pending
}
await pool.close()
