import { CanceledError, Pool } from 'filch'
import { expect, it } from 'vitest'

import { SOLO } from '../support/mode.ts'
import { add, hold } from './basic.tasks.ts'
import { child } from './child.ts'
import { failure } from './settle.ts'

// Where every run has a thread of its own, none waits behind another.
it.skipIf(SOLO)('runs what waits behind a full queue, though all before it were canceled', async () => {
  const pool = new Pool({ threads: 1 })
  const gate = new Int32Array(new SharedArrayBuffer(8))
  const holding = pool.run(hold, gate)
  // The caller's deque holds 65,536 jobs.
  const canceled = Array.from({ length: 65_600 }, () => pool.runWith({ timeout: 1 }, add, 1, 2))
  const outcomes = Promise.all(canceled.map(run => failure(run)))
  const last = pool.run(add, 20, 22)
  expect((await outcomes).every(error => error instanceof CanceledError)).toBe(true)
  Atomics.store(gate, 1, 1)
  Atomics.notify(gate, 1)
  await holding
  expect(await last).toBe(42)
  await pool.close()
})

it('settles every run of a batch though the first one throws in its onProgress', async () => {
  expect(await child('throwing-progress.mjs')).toMatchObject({
    code: 0,
    signal: null,
    out: 'caught mine\n21 settled\n',
  })
})

it('keeps the buffers of pools in different threads apart', async () => {
  expect(await child('two-threads.mjs')).toMatchObject({ code: 0, signal: null, err: '', out: '0 wrong\n0 wrong\n' })
})
