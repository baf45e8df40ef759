import { CanceledError, Pool } from 'filch'
import { expect, it } from 'vitest'

import { count, parent } from './cancel.tasks.ts'

it.for([1, 2, 4])('a canceled run ends its children, though it waits (%i threads)', async threads => {
  await using pool = new Pool({ threads })
  const cells = new Int32Array(new SharedArrayBuffer(8))
  const controller = new AbortController()
  const run = pool.runWith({ signal: controller.signal }, parent, cells)
  await Atomics.waitAsync(cells, 0, 0).value
  controller.abort()
  await expect(run).rejects.toBeInstanceOf(CanceledError)
  await Atomics.waitAsync(cells, 1, 0).value
  expect(await pool.run(count, cells)).toBe('canceled, finally')
})
