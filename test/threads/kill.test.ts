import { type Handle, KilledError, OptionError, Pool, WorkerLostError } from 'filch'
import { describe, expect, it } from 'vitest'

import { SOLO } from '../support/mode.ts'
import { audited, type Audited } from '../pool/audit.ts'
import { failure } from '../pool/settle.ts'
import * as tasks from './threads.tasks.ts'
import { gate, open, reached } from './tools.ts'

const killed = (reason: unknown): object => ({ name: 'KilledError', code: 'ERR_FILCH_KILLED', reason })
const ended = (handle: Handle<unknown>): Promise<unknown> => failure(Promise.resolve(handle))

async function expectWhole({ pool, live }: Audited): Promise<void> {
  expect(await pool.run(tasks.fib, 20)).toBe(6765)
  expect(await pool.broadcast(tasks.double, 2)).toEqual(Array(pool.threads).fill(4))
  await expect.poll(live).toBe(0)
}

describe.for([1, 2])('kill with force, in a pool of %s threads', threads => {
  it('ends what looks at nothing, and tells its joiners why (A16)', async () => {
    const its = audited({ threads })
    for (let round = 0; round < 5; round++) {
      const spins = gate()
      const runaway = its.pool.spawn(tasks.spins, spins)
      await reached(spins, 1)
      const joiner = its.pool.spawn(tasks.suspended, gate(), runaway)
      // Not by itself.
      runaway.kill('first')
      const asked = performance.now()
      runaway.kill({ round }, { force: true })
      expect(await ended(runaway)).toMatchObject(killed({ round }))
      expect(performance.now() - asked).toBeLessThan(2000)
      expect(await ended(joiner)).toMatchObject(killed({ round }))
      expect(runaway.status).toBe('killed')
    }
    await expectWhole(its)
    await its.pool.close()
  })

  it('spares the thread of what ends by itself, of what nobody has begun, and of what has ended', async () => {
    const its = audited({ threads })
    const { pool } = its
    const held = gate()
    const held0 = Array.from({ length: threads }, (_, on) => pool.spawnWith({ on }, tasks.gated, held))
    await reached(held, threads)
    const queued = pool.spawnWith({ on: 0 }, tasks.double, 1)
    queued.kill('queued', { force: true })
    expect(await ended(queued)).toMatchObject(killed('queued'))
    open(held)
    // Their threads are those that they began on.
    expect(await Promise.all(held0)).toEqual(held0.map((_, on) => on))
    const polls = gate()
    const obedient = pool.spawn(tasks.polls, polls)
    await reached(polls, 1)
    obedient.kill('obedient', { force: true })
    expect(await ended(obedient)).toMatchObject(killed('obedient'))
    const done = pool.spawn(tasks.double, 2)
    expect(await done).toBe(4)
    done.kill('late', { force: true })
    expect(await done).toBe(4)
    await expectWhole(its)
    await pool.close()
  })

  it('ends the forks and the children of what it ends, wherever they run', async () => {
    const its = audited({ threads })
    for (const task of [tasks.forksSpinner, tasks.spawnsSpinner]) {
      const spins = gate()
      const root = its.pool.spawn(task as typeof tasks.spins, spins)
      if (threads > 1 || task === tasks.spawnsSpinner) await reached(spins, 1)
      root.kill('all', { force: true })
      expect(await ended(root)).toMatchObject(killed('all'))
    }
    await expectWhole(its)
    await its.pool.close()
  })

  it('is asked for by tasks as well', async () => {
    const its = audited({ threads })
    const spins = gate()
    const runaway = its.pool.spawnWith({ dedicated: true }, tasks.spins, spins)
    await reached(spins, 1)
    await its.pool.run(tasks.kills, runaway, 'by a task')
    expect(await ended(runaway)).toMatchObject(killed('by a task'))
    await expectWhole(its)
    await its.pool.close()
  })
})

it.skipIf(SOLO)('what else lived on that thread is lost, and says so', async () => {
  const its = audited({ threads: 1 })
  const { pool } = its
  const closed = gate()
  const other = pool.spawnWith({ dedicated: true }, tasks.gated, closed)
  const lives = gate()
  const resident = pool.spawn(tasks.suspended, lives, other)
  await reached(lives, 1)
  const spins = gate()
  const runaway = pool.spawn(tasks.spins, spins)
  await reached(spins, 1)
  runaway.kill('runaway', { force: true })
  expect(await ended(runaway)).toBeInstanceOf(KilledError)
  expect(await ended(resident)).toBeInstanceOf(WorkerLostError)
  open(closed)
  await other
  // The handle that the resident held is lost with it, so the slot of that is not whole before the pool ends (live/README.md).
  expect(await pool.run(tasks.fib, 20)).toBe(6765)
  await pool.close()
})

it('refuses options that it does not know', async () => {
  await using pool = new Pool({ threads: 1 })
  const handle = pool.spawn(tasks.double, 1)
  expect(() => handle.kill('x', { forced: true } as never)).toThrow(OptionError)
  expect(() => handle.kill('x', null as never)).toThrow(OptionError)
  expect(await handle).toBe(2)
})
