import { CanceledError, OptionError, Pool } from 'filch'
import { afterAll, expect, it } from 'vitest'

import { add, forever } from './basic.tasks.ts'
import { failure } from './settle.ts'

const pool = new Pool({ threads: 1 })
afterAll(() => pool.close())

it('ends a run that takes longer', async () => {
  expect(await failure(pool.runWith({ timeout: 20 }, forever))).toBeInstanceOf(CanceledError)
  expect(await pool.run(add, 1, 2)).toBe(3)
})

it('does not end a run that is given all the time that there is', async () => {
  expect(await pool.runWith({ timeout: Infinity }, add, 1, 2)).toBe(3)
  expect(await pool.runWith({ timeout: 2 ** 31 - 1 }, add, 1, 2)).toBe(3)
})

it.for([-1, Number.NaN, 2 ** 31, '5' as unknown as number, null as unknown as number])('refuses %s', async timeout => {
  expect(await failure(pool.runWith({ timeout }, add, 1, 2))).toBeInstanceOf(OptionError)
})
