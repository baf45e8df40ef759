import { Pool, shared } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { wild } from '../support/wild.ts'
import { bits, names } from './bits.tasks.ts'

const TIMES = 50
const pools = [0, 1, 2, 3, 8, 32].map(threads => new Pool({ threads }))
afterAll(() => Promise.all(pools.map(pool => pool.close())))

const xs = shared.f64(50_000, wild)

describe(`the same bits in ${TIMES} runs on 0, 1, 2, 3, 8 and 32 workers`, () => {
  it.each(names)(
    '%s',
    async name => {
      const [wanted] = await pools[0]!.run(bits, name, xs, 1)
      for (const pool of pools) expect(await pool.run(bits, name, xs, TIMES)).toEqual([wanted])
    },
    60_000,
  )

  it('with others taking part', () => {
    for (const pool of pools.slice(2)) expect(pool.stats().steals).toBeGreaterThan(names.length)
  })
})
