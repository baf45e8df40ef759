import { fork, invokeAll, join, Pool, scope, task, type Forked } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import * as tasks from './misuse.tasks.ts'

const OUTSIDE = { name: 'ForkError', code: 'ERR_FILCH_OUTSIDE_TASK' }

it('refuses forks and joins outside a task', () => {
  expect(() => tasks.first.fork(1)).toThrow(expect.objectContaining(OUTSIDE))
  expect(() => fork(tasks.first, 1)).toThrow(expect.objectContaining(OUTSIDE))
  expect(() => scope(() => 1)).toThrow(expect.objectContaining(OUTSIDE))
  expect(() => invokeAll([tasks.first, 1])).toThrow(expect.objectContaining(OUTSIDE))
  for (const value of tasks.noForks) {
    expect(() => tasks.first.join(value as Forked<number>)).toThrow(expect.objectContaining(OUTSIDE))
    expect(() => tasks.other.join(value as Forked<number>)).toThrow(expect.objectContaining(OUTSIDE))
    expect(() => join(value as Forked<number>)).toThrow(expect.objectContaining(OUTSIDE))
  }
  expect(() => tasks.first.fork(1)).toThrow(expect.objectContaining(OUTSIDE))
})

describe.for([0, 1, 3])('with %s threads', threads => {
  const pool = new Pool({ threads })
  afterAll(() => pool.close())

  it('refuses at once to start runs in a task', async () => {
    const refused = ['ERR_FILCH_RUN_IN_TASK', 'ERR_FILCH_RUN_IN_TASK', 'ERR_FILCH_RUN_IN_TASK']
    expect(await pool.run(tasks.runInTask)).toEqual(refused)
    expect(pool.runSync(tasks.runInTask)).toEqual(refused)
  })

  it('outlives a promise that a task returned and that rejects', async () => {
    for (let i = 0; i < 3; i++) {
      await expect(pool.run(tasks.rejecting)).rejects.toMatchObject({ code: 'ERR_FILCH_PROMISE' })
    }
    expect(await pool.run(tasks.first, 1)).toBe(2)
  })

  it('refuses what is no list of calls', async () => {
    expect(await pool.run(tasks.badCalls)).toEqual(['ERR_FILCH_OPTION', 'ERR_FILCH_NOT_TASK'])
  })

  it('refuses to join what is no fork', async () => {
    expect(await pool.run(tasks.joinNonsense)).toEqual({ codes: ['ERR_FILCH_JOIN'], pending: 42 })
    expect(pool.runSync(tasks.joinNonsense)).toEqual({ codes: ['ERR_FILCH_JOIN'], pending: 42 })
  })

  it('refuses to join twice', async () => {
    expect(await pool.run(tasks.joinTwice)).toEqual([2, 'ERR_FILCH_JOIN', 'ERR_FILCH_JOIN'])
  })

  it('takes a fork that was passed over for abandoned', async () => {
    expect(await pool.run(tasks.joinOlder)).toEqual([2, 'ERR_FILCH_JOIN'])
  })

  it('joins by what was forked, whichever join is asked', async () => {
    expect(await pool.run(tasks.joinAnotherTasks)).toBe(2)
    expect(await pool.run(tasks.joinGeneric)).toBe(2)
  })

  it('refuses functions that are no tasks', async () => {
    expect(await pool.run(tasks.notTasks)).toEqual(Array.from({ length: 5 }, () => 'ERR_FILCH_NOT_TASK'))
  })
})

it('declares no function that is a task, or has what a task has', () => {
  const refused = expect.objectContaining({ code: 'ERR_FILCH_TASK' })
  expect(() => task(import.meta, tasks.first)).toThrow(refused)
  expect(() => task(import.meta, tasks.first.bind(null, 1))).toThrow(refused)
  expect(() =>
    task(
      import.meta,
      Object.assign(() => 1, { fork: 1 }),
    ),
  ).toThrow(refused)
  expect(() =>
    task(
      import.meta,
      Object.assign(() => 1, { join: 1 }),
    ),
  ).toThrow(refused)
})
