import { Pool } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { SOLO } from '../support/mode.ts'
import { fib } from '../pool/basic.tasks.ts'
import * as tasks from './fork.tasks.ts'

const squares = (n: number): number => Array.from({ length: n }, (_, i) => (i % 100) ** 2).reduce((a, b) => a + b, 0)

describe.for([0, 1, 2, 3, 8])('forks, with %s threads,', threads => {
  const pool = new Pool({ threads })
  afterAll(() => pool.close())
  it('give what the plain recursion gives', async () => {
    expect(await pool.run(fib, 24)).toBe(46_368)
    expect(pool.runSync(fib, 24)).toBe(46_368)
    expect(await Promise.all([20, 21, 22, 23].map(n => pool.run(fib, n)))).toEqual([6765, 10_946, 17_711, 28_657])
  })

  it('may be pending 100 000 at a time', async () => {
    expect(await pool.run(tasks.pile, 100_000)).toBe(squares(100_000))
    expect(pool.runSync(tasks.pile, 100_000)).toBe(squares(100_000))
  })

  it('may be pending at each level of a deep recursion', async () => {
    expect(await pool.run(tasks.descend, 3000)).toBe(300 * 285)
    expect(pool.runSync(tasks.descend, 2000)).toBe(200 * 285)
  })

  it('go through several tasks', async () => {
    expect(await pool.run(tasks.isEven, 500)).toBe(true)
    expect(await pool.run(tasks.isOdd, 500)).toBe(false)
    expect(await pool.run(tasks.ackermann, 2, 30)).toBe(63)
    expect(await pool.run(tasks.tree, 8)).toBe(3 ** 8)
  })

  it('take as many arguments as they are given, and the defaults for the others', async () => {
    for (let i = 0; i < 20; i++) expect(await pool.run(tasks.callAll)).toEqual(tasks.calledAll)
    expect(pool.runSync(tasks.callAll)).toEqual(tasks.calledAll)
    expect(await pool.run(tasks.count)).toBe(0)
    expect(await pool.run(tasks.count, undefined)).toBe(1)
    expect(await pool.run(tasks.total, 1, 2, 3)).toBe(6)
  })

  it.for([
    0,
    -0,
    Number.NaN,
    'text',
    '',
    true,
    null,
    undefined,
    10n ** 30n,
    [],
    [1, [2, [3]]],
    { a: { b: [undefined, null] } },
    new Map([[1, new Set(['a'])]]),
    new Date(5),
    /a+/gi,
    new Uint8Array([1, 2, 3]),
    'long '.repeat(10_000),
    Array.from({ length: 10_000 }, (_, i) => i),
  ])('hand over a value (%#)', async value => {
    expect(await pool.run(tasks.values, value)).toEqual(value)
    expect(pool.runSync(tasks.values, value)).toEqual(value)
  })

  it('use frames again at once', async () => {
    expect(await pool.run(tasks.flat, 80_000)).toBe(10_000 * 140)
  })

  it('are counted', async () => {
    const before = pool.stats()
    await pool.run(tasks.pile, 1234)
    await pool.run(tasks.tree, 5)
    const { forks, jobs, steals, workers } = pool.stats()
    expect(forks - before.forks).toBe(1234 + 2 * (1 + 3 + 9 + 27 + 81))
    expect(jobs - before.jobs).toBeGreaterThanOrEqual(2)
    if (!SOLO) expect(workers).toHaveLength(threads + 1)
    expect([forks, jobs, steals]).toEqual(
      (['forks', 'jobs', 'steals'] as const).map(key => workers.reduce((sum, worker) => sum + worker[key], 0)),
    )
  })
})

describe.for([0, 1, 3])('invokeAll, with %s threads,', threads => {
  const pool = new Pool({ threads })
  afterAll(() => pool.close())

  it('returns all results in order', async () => {
    const all = [49, 'hello x.', 6, undefined, { deep: [1, 2] }]
    expect(await pool.run(tasks.manyKinds)).toEqual(all)
    expect(pool.runSync(tasks.manyKinds)).toEqual(all)
    expect(await pool.run(tasks.invokeNone)).toEqual([])
  })

  it('throws the first error in the list', async () => {
    await expect(pool.run(tasks.failFirst)).rejects.toThrow(new RangeError('first'))
    await expect(pool.run(tasks.failSecond)).rejects.toThrow(new RangeError('second'))
  })
})

it.for([0, 2])('forks beyond a million pending ones are refused, and the pool goes on (%s threads)', async threads => {
  await using pool = new Pool({ threads })
  await expect(pool.run(tasks.pile, 1_100_000)).rejects.toMatchObject({ code: 'ERR_FILCH_LIMIT' })
  expect(await pool.run(tasks.pile, 1000)).toBe(squares(1000))
})
