import { Pool } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { wild } from '../support/wild.ts'
import { gathered, spelt, ways, withText } from './lanes.tasks.ts'

const wilds = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => wild(i))

const pools = [0, 1, 2].map(threads => new Pool({ threads }))
afterAll(() => Promise.all(pools.map(pool => pool.close())))

describe('sums of many, in four lanes', () => {
  it.each(ways)('%s: in the order that is promised, to the last bit', async way => {
    for (const length of [0, 1, 3, 1023, 1024, 1025, 1026, 1027, 1028, 5000, 300_000]) {
      const xs = wilds(length)
      const wanted = spelt(xs, way)
      for (const pool of pools) {
        // Twice: the second is brief where it can be.
        for (let time = 0; time < 2; time++)
          expect(await pool.run(gathered, xs, way), `${length} elements`).toBe(wanted)
      }
    }
  })

  it('another order has other bits', () => {
    const xs = wilds(5000)
    expect(spelt(xs, 'sum')).not.toBe(spelt(xs, 'with a filter'))
    expect(spelt(xs, 'sum')).not.toBe(xs.reduce((a, b) => a + b, 0))
  })

  it('refuses what is no number, with its index', async () => {
    for (const pool of pools) {
      for (const length of [3000, 300_000]) {
        await expect(pool.run(withText, length)).rejects.toMatchObject({ name: 'TypeError', index: length - 3 })
      }
    }
  })
})
