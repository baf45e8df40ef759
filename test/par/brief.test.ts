import { Pool } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { wild } from '../support/wild.ts'
import { again, failures, names, statesOfNothing, turns } from './brief.tasks.ts'

const pools = [0, 1, 2].map(threads => new Pool({ threads }))
afterAll(() => Promise.all(pools.map(pool => pool.close())))

/** More leaves than one from 1025 on; a chain of 3000 cheap elements takes no longer than one may that nobody helps with. */
const LENGTHS = [0, 1, 2, 100, 1023, 1024, 1025, 3000]

describe('a chain that is written out again when its loop is known', () => {
  it.each(names)('%s: is what the engine makes of it, to the last bit', async name => {
    for (const pool of pools) {
      for (const length of LENGTHS) {
        const xs = Array.from({ length }, (_, i) => wild(i))
        for (const given of [xs, Float64Array.from(xs)]) {
          expect(await pool.run(again, name, given, 40), `${length} elements`).toHaveLength(1)
        }
      }
    }
  })

  it('is told from one with other functions, variables or arrays', async () => {
    for (const pool of pools) expect(await pool.run(turns, 200)).toBe(0)
  })

  it('makes no state for nothing', async () => {
    for (const pool of pools) expect(await pool.run(statesOfNothing, 50)).toBe(0)
  })

  it('fails with the index of the element', async () => {
    for (const pool of pools) {
      expect(await pool.run(failures, 50)).toEqual([
        'RangeError at 3,RangeError at 1999,no error but 1999000',
        'RangeError at 7',
        'no error but 5',
        'TypeError at 0',
      ])
    }
  })
})
