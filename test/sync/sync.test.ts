import * as fc from 'fast-check'
import {
  FilchError,
  type Handle,
  type IVar,
  ivar,
  latch,
  mutex,
  NotSendableError,
  Pool,
  semaphore,
  WorkerLostError,
} from 'filch'
import { describe, expect, it } from 'vitest'

import { type Audited, audited } from '../pool/audit.ts'
import { cells } from '../pool/basic.tasks.ts'
import { failure, settled } from '../pool/settle.ts'
import * as t from './sync.tasks.ts'

const sizes = [0, 1, 2, 4]

/** Waits until nothing is in use: what was mailed last is heeded when its seat next looks. */
async function empty({ pool, live }: Audited): Promise<void> {
  for (let turns = 0; live() > 0 && turns < 200; turns++) {
    await pool.broadcast(t.task0)
    await new Promise(setImmediate)
  }
  expect(live()).toBe(0)
}

describe.each(sizes)('with %i threads', threads => {
  it('an IVar is put once and got by all', async () => {
    await using pool = new Pool({ threads })
    expect(await pool.run(t.chain, 200)).toBe(200)
    for (let i = 0; i < 20; i++) expect(await pool.run(t.race, 4, 6)).toEqual([1, 1])
    expect(await failure(pool.run(t.twice))).toMatchObject({ code: 'ERR_FILCH_IVAR' })
  })

  it('an IVar crosses, also in an IVar, and back from its maker', async () => {
    await using pool = new Pool({ threads })
    expect(await pool.run(t.nested)).toBe(4)
    expect(await pool.run(t.getMade)).toBe('there')
    const made = await pool.run(t.make)
    expect(await made.get()).toBe('there')
  })

  it('the maker of a pool makes, puts, gets and awaits', async () => {
    await using pool = new Pool({ threads })
    const there = ivar<unknown>({ pool })
    expect([there.full, there.peek()]).toEqual([false, undefined])
    const first = pool.run(t.get, there)
    const own = there.get().then(value => value)
    there.put([1, { two: 'three' }])
    expect([await first, await own, there.peek()]).toEqual(Array.from({ length: 3 }, () => [1, { two: 'three' }]))
    expect(await pool.run(t.put, there, 5)).toBe(false)
    const back = ivar<unknown>({ pool })
    const waits = back.get().then(value => value)
    await pool.run(t.put, back, 'back')
    expect(await waits).toBe('back')
  })

  it('what cannot cross is not put', async () => {
    await using pool = new Pool({ threads })
    const there = ivar<unknown>({ pool })
    expect(() => there.put(() => {})).toThrow(NotSendableError)
    expect(() => there.put({ a: [Symbol('x')] })).toThrow('a[0]')
    expect(there.full).toBe(false)
    there.put(null)
    expect([there.full, there.peek()]).toEqual([true, null])
    expect(() => there.put(1)).toThrow(FilchError)
  })

  it('a latch opens for all, once', async () => {
    await using pool = new Pool({ threads })
    for (let i = 0; i < 10; i++) expect(await pool.run(t.open, 20, 8)).toBe(0)
    const done = latch(2, { pool })
    const passed = pool.run(t.pass, done)
    done.countDown()
    expect(done.count).toBe(1)
    done.countDown(5)
    await passed
    await done.wait()
    expect(done.count).toBe(0)
  })

  it('a barrier keeps tasks within a round of each other', async () => {
    await using pool = new Pool({ threads })
    for (const parties of [1, 2, 7]) expect(await pool.run(t.laps, cells(parties), parties, 60)).toBe(60)
  })

  it('who is killed at a barrier takes its arrival back', async () => {
    await using pool = new Pool({ threads })
    for (let i = 0; i < 10; i++) expect(await pool.run(t.left)).toEqual([0, 1])
  })

  it('a semaphore never admits more than it has', async () => {
    await using pool = new Pool({ threads })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 9 }),
        async (limit, wants) => {
          const inside = cells(3)
          const fitting = wants.map(want => Math.min(want, limit))
          expect(await pool.run(t.crowd, inside, limit, fitting, 5)).toBe(limit)
          expect([...inside]).toEqual([0, 0, 0])
        },
      ),
      { numRuns: 15 },
    )
  })

  it('permits come in the order of asking on one worker, and nobody overtakes who wants more', async () => {
    await using pool = new Pool({ threads })
    const wants = [1, 3, 1, 2, 1, 1]
    const list = cells(wants.length + 1)
    expect(await pool.run(t.queue, list, wants)).toBe(0)
    expect([...list]).toEqual([6, 0, 1, 2, 3, 4, 5])
  })

  it('a mutex lets one in at a time', async () => {
    await using pool = new Pool({ threads })
    expect(await pool.run(t.bumps, cells(1), 6, 60)).toEqual([360, false])
  })

  it('a mutex is free when its task has ended, whatever ended it', async () => {
    await using pool = new Pool({ threads })
    for (let i = 0; i < 10; i++) expect(await pool.run(t.ends)).toEqual([false, false, false, true, false])
  })

  it('a task that is killed while permits are on their way to it leaves them', async () => {
    await using pool = new Pool({ threads })
    for (let round = 0; round < 50; round++) {
      const door = semaphore(0, { pool })
      const victims = [0, 1, 2].map(() => pool.spawn(t.takenAndKilled, door))
      const survivor = pool.spawn(t.takenAndKilled, door)
      if (round % 2 === 0) await pool.run(t.task0)
      door.release()
      for (const victim of victims) victim.kill('no')
      const got = (await Promise.all(victims.map(victim => victim.result()))).filter(({ ok }) => ok).length
      expect(got).toBeLessThan(2)
      if (got === 1) door.release()
      expect(await settled(survivor.join().then(x => x))).toEqual({ value: 'got' })
      expect(door.permits).toBe(0)
    }
  })

  it('a select waits for a permit or a mutex as any other, and leaves the line if something else comes first', async () => {
    await using pool = new Pool({ threads })
    for (let round = 0; round < 20; round++) {
      expect(await settled(pool.run(t.choosing))).toEqual({ value: [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0] })
    }
  })

  it('nothing is left behind', async () => {
    const all = audited({ threads })
    const { pool, used } = all
    await pool.broadcast(t.litter, 3000)
    await empty(all)
    const before = used()
    for (let i = 0; i < 5; i++) {
      await pool.broadcast(t.litter, 3000)
      await pool.run(t.chain, 50)
      await pool.run(t.nested)
      await pool.run(t.open, 20, 20)
      await pool.run(t.laps, cells(4), 4, 10)
      await pool.run(t.bumps, cells(1), 4, 10)
      await pool.run(t.ends)
      await pool.run(t.left)
    }
    await empty(all)
    // Chunks of slots that a seat had not carved before.
    expect(used() - before).toBeLessThan(2 ** 18)
    await pool.close()
  })
})

describe('deaths', () => {
  it('who is next gets the mutex of a dead thread, and is told', async () => {
    await using pool = new Pool({ threads: 2 })
    for (let round = 0; round < 3; round++) {
      const turn = mutex({ pool })
      const held = latch(1, { pool })
      const dies = pool.spawnWith({ on: 0 }, t.lockAndDie, turn, held)
      await held.wait()
      const next = pool.spawnWith({ on: 1 }, t.lockNext, turn)
      const own = turn.lock()
      const outcome = await dies.result()
      expect(!outcome.ok && outcome.error).toBeInstanceOf(WorkerLostError)
      const told = await Promise.all([
        next.join(),
        own.then(guard => {
          guard.release()
          return guard.inherited
        }),
      ])
      expect(told.filter(Boolean)).toEqual([true])
      expect(turn.locked).toBe(false)
    }
  })

  it('who waits on the same worker goes with it, the others get what they wait for', async () => {
    await using pool = new Pool({ threads: 2 })
    for (let round = 0; round < 3; round++) {
      const there: IVar<unknown> = ivar({ pool })
      const gone = pool.spawnWith({ on: 0 }, t.get, there)
      const stays = pool.spawnWith({ on: 1 }, t.get, there)
      await pool.spawnWith({ on: 0 }, t.task0)
      const death: Handle<unknown> = pool.spawnWith({ on: 0 }, t.die)
      expect((await death.result()).ok).toBe(false)
      expect((await gone.result()).ok).toBe(false)
      there.put(round)
      expect(await stays).toBe(round)
      expect(await pool.spawnWith({ on: 0 }, t.get, there)).toBe(round)
    }
  })
})

it('an object is of no use after the task that had it', async () => {
  await using pool = new Pool({ threads: 1 })
  await pool.run(t.keep)
  expect(await failure(pool.run(t.useKept))).toMatchObject({ code: 'ERR_FILCH_RELEASED' })
})

it.each([
  ['latch', () => latch(-1), 'The count of a latch is -1'],
  ['semaphore', () => semaphore(1.5), 'The number of permits is 1.5'],
  ['pool', () => ivar({ pool: {} as Pool }), 'Give a Pool'],
])('refuses what it cannot use: %s', (_, make, message) => expect(make).toThrow(message))
