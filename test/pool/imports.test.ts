import { FilchError, Pool } from 'filch'
import { describe, expect, it } from 'vitest'

import { fib } from './basic.tasks.ts'
import * as exits from './exits-at-import.tasks.ts'
import { failure } from './settle.ts'
import * as throws from './throws-at-import.tasks.ts'
import * as waits from './waits-at-import.tasks.ts'

describe.for([
  { name: 'throws', never: throws.never },
  { name: 'calls process.exit()', never: exits.never },
  { name: 'never ends', never: waits.never },
])('a module whose import in a worker $name', ({ never }) => {
  it('fails the run, and the pool goes on', async () => {
    const pool = new Pool({ threads: 2 })
    try {
      expect(await failure(pool.run(never, 1))).toBeInstanceOf(FilchError)
      expect(await pool.run(fib, 20)).toBe(6765)
    } finally {
      await pool.destroy()
    }
  })

  it('fails the broadcast, and the pool goes on', async () => {
    const pool = new Pool({ threads: 2 })
    try {
      expect(await failure(pool.broadcast(never, 1))).toBeInstanceOf(FilchError)
      expect(await pool.run(fib, 20)).toBe(6765)
    } finally {
      await pool.destroy()
    }
  })
})
