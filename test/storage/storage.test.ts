import { NotSendableError, Pool } from 'filch'
import { describe, expect, it } from 'vitest'

import { audited } from '../pool/audit.ts'
import { failure } from '../pool/settle.ts'
import * as t from './storage.tasks.ts'

const total = (values: readonly { count: number }[]): number => values.reduce((sum, { count }) => sum + count, 0)

describe.each([0, 1, 2, 4])('with %i threads', threads => {
  it('each worker has a value of its own, and all are collected by worker index', async () => {
    await using pool = new Pool({ threads })
    const from = { pool }
    await t.calls.take(from)
    await t.indexes.take(from)
    await pool.run(t.many, 5000)
    expect(total(await t.calls.values(from))).toBe(5000)
    expect(await t.calls.reduce((sum, { count }) => sum + count, 0, from)).toBe(5000)
    expect(await pool.run(t.sum)).toBe(5000)
    await pool.broadcast(t.index)
    const all = Array.from({ length: Math.max(1, threads) }, (_, i) => i)
    expect(await t.indexes.values(from)).toEqual(all)
    expect(await pool.run(t.places)).toEqual(all)
    await pool.broadcast(t.replaceIndex, -5)
    expect(await t.indexes.values(from)).toEqual(all.map(() => -5))
    expect(total(await t.calls.take(from))).toBe(5000)
    expect(await t.calls.values(from)).toEqual([])
  })

  it('the maker has one too, in runSync', async () => {
    await using pool = new Pool({ threads })
    await t.calls.take({ pool })
    pool.runSync(t.many, 1000)
    const values = await t.calls.values({ pool })
    expect(values.reduce((sum, { count }) => sum + count, 0)).toBe(1000)
    expect(await pool.run(t.takeAll)).toBe(values.length - (threads === 0 ? 0 : 1))
    await t.calls.take({ pool })
  })

  it('a value that cannot cross is of use on its worker, and refused when collected', async () => {
    await using pool = new Pool({ threads })
    expect(await pool.run(t.useUnsendable)).toBe(1)
    if (threads === 0) return
    expect(await failure(t.unsendable.values({ pool }).then(x => x))).toBeInstanceOf(NotSendableError)
  })

  it('a child starts with what its parent has, and each has its own from then on', async () => {
    await using pool = new Pool({ threads })
    for (let i = 0; i < 20; i++) {
      expect(await pool.run(t.rename, 'ann')).toEqual(['nobody', 'ann', 'ann', 'ann!', 'ann?'])
      expect(await pool.run(t.whoami)).toBe('nobody')
    }
    expect(await pool.run(t.tree, 6)).toBe(7 * 64)
    expect(await pool.run(t.interleave, 12)).toBe(12)
    expect(t.name.value).toBe('nobody')
  })

  it('forks share the values of their task, stolen or not', async () => {
    await using pool = new Pool({ threads })
    const counts = await Promise.all([1, 2, 3].map(value => pool.run(t.forking, 60, value)))
    expect(counts).toEqual([60, 60, 60])
    expect(pool.runSync(t.forking, 30, 4)).toBe(30)
    expect(await pool.run(t.setsInForks, 40)).toBe('kept')
  })

  it('no fork reads half of a value', async () => {
    await using pool = new Pool({ threads })
    expect(await pool.run(t.setAgain, 3000)).toBe(0)
  })

  it('undefined and shared arrays can be set, what would have to be counted cannot', async () => {
    await using pool = new Pool({ threads })
    expect(await pool.run(t.undefinedToo)).toEqual([{ list: [] }, undefined])
    expect(await pool.run(t.tables, 10)).toBe(10)
    expect(await failure(pool.run(t.refused))).toBeInstanceOf(NotSendableError)
  })

  it('all is freed with the task', async () => {
    const { pool, used, live } = audited({ threads })
    const round = async (): Promise<void> => {
      await pool.run(t.tree, 8)
      await pool.run(t.setAgain, 500)
      await pool.run(t.rename, 'x'.repeat(200))
    }
    for (let i = 0; i < 3; i++) await round()
    const before = used()
    for (let i = 0; i < 10; i++) await round()
    expect(used() - before).toBeLessThan(2 ** 18)
    for (let turns = 0; live() > 0 && turns < 100; turns++) await pool.broadcast(t.whoami)
    expect(live()).toBe(0)
    await pool.close()
  })
})

it('outside of tasks there is what was declared, and nothing can be set', () => {
  expect(t.depth.value).toBe(0)
  expect(() => (t.depth.value = 1)).toThrow('inside a task only')
})

it('tasks of two pools in one thread have values of their own', async () => {
  await using one = new Pool({ threads: 0 })
  await using other = new Pool({ threads: 0 })
  const got = await Promise.all([one.run(t.keepsOwn, 'one'), other.run(t.keepsOwn, 'other')])
  expect(got).toEqual([
    ['one', 'one'],
    ['other', 'other'],
  ])
})
