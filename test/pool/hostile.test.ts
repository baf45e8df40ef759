import { describe, expect, it } from 'vitest'

import { audited } from './audit.ts'
import { cells } from './basic.tasks.ts'
import { child } from './child.ts'
import { abandons, kinds } from './hostile.tasks.ts'
import { failure } from './settle.ts'

describe('an error that throws when it is looked at', () => {
  it.for(kinds)('%s: what was forked has ended before the run settles, and nothing is left behind', async kind => {
    const { pool, live, inUse } = audited({ threads: 3 })
    for (let round = 0; round < 3; round++) {
      const shared = cells(3)
      await failure(pool.run(abandons, shared, kind))
      expect(shared[1]).toBe(1)
      expect(live(), inUse()).toBe(0)
    }
    await pool.close()
  })
})

it('a clock that the caller has stopped does not stop its runs', async () => {
  const { code, err } = await child('stopped-clock.mjs')
  expect(err).toBe('')
  expect(code).toBe(0)
})

it('frames are added at the end of the stack, or not', async () => {
  const { code, err } = await child('frames-at-the-end.mjs')
  expect(err).toBe('')
  expect(code).toBe(0)
})
