import { Pool } from 'filch'
import { expect, it } from 'vitest'

import { SOLO } from '../support/mode.ts'
import { failure } from '../pool/settle.ts'
import { fails, fib, seen } from './wrapper.tasks.ts'

// A broadcast asks the workers, and not a thread that was a run's own.
it.skipIf(SOLO).for([1, 2])(
  'a function around bodies sees every call, forked, stolen or plain (%s threads)',
  async threads => {
    await using pool = new Pool({ threads })
    expect(await pool.run(fib, 15)).toBe(610)
    expect(await failure(pool.run(fails, 3))).toEqual(new RangeError('no 3'))
    const all = await pool.broadcast(seen)
    // fib(15) is 1973 calls of the body.
    expect(all.reduce((sum, { bodies }) => sum + bodies, 0)).toBe(1973 + 1)
    expect(all.map(({ depth }) => depth)).toEqual(all.map(() => 0))
    expect(Math.max(...all.map(({ deepest }) => deepest))).toBeGreaterThan(1)
  },
)
