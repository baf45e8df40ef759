import { KilledError, Pool } from 'filch'
import { describe, expect, it } from 'vitest'

import { cells, fib } from '../pool/basic.tasks.ts'
import { failure } from '../pool/settle.ts'
import { endless, endsAndFails, forkedEndless } from './told.tasks.ts'

describe.for([1, 2, 3])('on %s threads', threads => {
  it('whoever awaits a killed task is told why, whatever it did when it was killed', async () => {
    for (let fresh = 0; fresh < 4; fresh++) {
      // Threads that have had no residents learn of a kill as well as others.
      await using pool = new Pool({ threads })
      for (let round = 0; round < 40; round++) {
        const gate = cells(1)
        const handle = pool.spawn(round % 2 === 0 ? endless : forkedEndless, gate)
        if (round % 4 > 1) await Atomics.waitAsync(gate, 0, 0, 1000).value
        handle.kill(`round ${round}`)
        const error = await failure(Promise.resolve(handle))
        expect(error).toBeInstanceOf(KilledError)
        expect([(error as KilledError).reason, handle.status]).toEqual([`round ${round}`, 'killed'])
      }
      expect(await pool.run(fib, 12)).toBe(144)
    }
  })

  it('a parent is told once of a failure, also when what it waits for is there already', async () => {
    await using pool = new Pool({ threads })
    for (let round = 0; round < 200; round++) {
      expect(await failure(pool.run(endsAndFails, round))).toEqual(new RangeError(`child ${round}`))
    }
    expect(await pool.run(fib, 12)).toBe(144)
  })
})
