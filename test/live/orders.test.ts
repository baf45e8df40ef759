import {
  type Handle,
  CanceledError,
  currentTask,
  KilledError,
  latch,
  OptionError,
  Pool,
  uncancellable,
  WorkerLostError,
} from 'filch'
import { describe, expect, it } from 'vitest'

import { cells } from '../pool/basic.tasks.ts'
import { failure, settled } from '../pool/settle.ts'
import * as t from './orders.tasks.ts'

async function begun(flag: Int32Array, at: number): Promise<void> {
  while (Atomics.load(flag, at) === 0) await new Promise(setImmediate)
}

const outcomeOf = (handle: Handle<unknown>) => new Promise<unknown>(resolve => handle.onEnd(resolve))

describe.each([0, 1, 2, 4])('with %i threads', threads => {
  it('a task begins after others', async () => {
    await using pool = new Pool({ threads })
    for (let i = 0; i < 20; i++) expect(await pool.run(t.diamond, cells(4))).toBe(3)
    const gate = latch(1, { pool })
    const first = pool.spawn(t.passes, gate, 1)
    const seen = cells(1)
    const second = pool.spawnWith({ after: [first] }, t.mark, seen, 0, [])
    await pool.run(t.one)
    expect([second.status === 'done', seen[0]]).toEqual([false, 0])
    gate.countDown()
    expect(await second).toBe(0)
    // Of what has ended long since.
    expect(await pool.spawnWith({ after: [first, second] }, t.one)).toBe(1)
    expect(await pool.spawnWith({ after: [] }, t.one)).toBe(1)
  })

  it('a continuation gets the result', async () => {
    await using pool = new Pool({ threads })
    expect(await pool.run(t.chain, 30)).toBe(30)
    expect(await pool.run(t.plainChain, 30)).toBe(30)
    expect(await pool.spawn(t.one).andThen(t.add, 41)).toBe(42)
    expect(await pool.spawn(t.one).andThen(t.generatorAdd, 1).andThen(t.add, 1)).toBe(3)
    expect(await pool.spawn(t.object, 5).andThen(t.pair, [6, 7])).toEqual([5, 6, 7])
    const ended = pool.spawn(t.one)
    await ended
    expect(await ended.andThen(t.add, 1)).toBe(2)
  })

  it('failure passes on, and what would have followed does not run', async () => {
    await using pool = new Pool({ threads })
    const seen = cells(1)
    expect(await pool.run(t.failingChain)).toBe('first')
    const first = pool.spawn(t.fails, 'one')
    const second = pool.spawnWith({ after: [first] }, t.mark, seen, 0, [])
    expect(await failure(second.join().then(x => x))).toMatchObject({ name: 'RangeError', message: 'one' })
    expect(
      await failure(
        first
          .andThen(t.add, 1)
          .join()
          .then(x => x),
      ),
    ).toMatchObject({ message: 'one' })
    const gate = latch(1, { pool })
    const waits = pool.spawn(t.passes, gate, 1)
    const follows = waits.andThen(t.add, 1)
    waits.kill('why')
    expect(await failure(follows.join().then(x => x))).toBeInstanceOf(KilledError)
    expect(seen[0]).toBe(0)
  })

  it('a continuation that is killed does not kill what it waits for', async () => {
    await using pool = new Pool({ threads })
    const gate = latch(1, { pool })
    const waits = pool.spawn(t.passes, gate, 7)
    const follows = waits.andThen(t.add, 1)
    follows.kill()
    expect(await failure(follows.join().then(x => x))).toBeInstanceOf(KilledError)
    gate.countDown()
    expect(await waits).toBe(7)
  })

  it('the handle of a task that has ended can be sent', async () => {
    await using pool = new Pool({ threads })
    expect(await pool.run(t.sendsEnded)).toEqual([
      ['done', 1],
      ['failed', 'why'],
      ['done', 1],
    ])
    const handles = Array.from({ length: 10 }, () => pool.spawn(t.one))
    await Promise.all(handles)
    expect(await pool.run(t.joinAll, handles)).toBe(10)
    expect(await pool.run(t.joinAll, handles)).toBe(10)
  })

  it('tells a task who it is', async () => {
    await using pool = new Pool({ threads })
    const [me, named, detached] = await pool.run(t.seeChild)
    expect(me[0]).toContain('orders.tasks')
    expect([named[0], named[2], detached[2], me[2]]).toEqual(['a child', me[1], undefined, undefined])
    expect(new Set([me[1], named[1], detached[1]]).size).toBe(3)
    expect([me, named, detached].every(seen => !seen[3] && seen[4] >= 0)).toBe(true)
    expect(await pool.run(t.inFork)).toBe(true)
    const handle = pool.spawnWith({ name: 'mine' }, t.see)
    expect([handle.name, (await handle)[0]]).toEqual(['mine', 'mine'])
    const killed = pool.spawnWith({ name: 'the doomed' }, t.endless)
    killed.kill()
    expect(((await failure(killed.join().then(x => x))) as Error).message).toContain('the doomed')
  })

  it('calls back when a task has ended', async () => {
    await using pool = new Pool({ threads })
    const outcomes = [pool.spawn(t.one), pool.spawn(t.fails, 'x')].map(outcomeOf)
    expect(await Promise.all(outcomes)).toEqual([{ ok: true, value: 1 }, expect.objectContaining({ ok: false })])
  })

  it.runIf(threads > 0)('a signal and a timeout kill', async () => {
    await using pool = new Pool({ threads })
    const control = new AbortController()
    const aborted = pool.spawnWith({ signal: control.signal }, t.endless)
    const late = pool.spawnWith({ timeout: 5 }, t.endless)
    control.abort('enough')
    expect(await failure(aborted.join().then(x => x))).toMatchObject({ name: 'KilledError', reason: 'enough' })
    expect(await failure(late.join().then(x => x))).toMatchObject({ reason: expect.any(CanceledError) as unknown })
    const at = pool.spawnWith({ signal: AbortSignal.abort('before') }, t.one)
    expect(await failure(at.join().then(x => x))).toMatchObject({ reason: 'before' })
    expect(await pool.spawnWith({ signal: new AbortController().signal, timeout: 2 ** 31 - 1 }, t.one)).toBe(1)
    for (const how of [1, 2]) expect(await failure(pool.run(t.refuses, how))).toBeInstanceOf(OptionError)
  })

  it.runIf(threads > 0)('nothing stops a section that is uncancellable', async () => {
    await using pool = new Pool({ threads })
    for (const fn of [t.commit, t.commitAndWait]) {
      for (let round = 0; round < 20; round++) {
        const both = cells(3)
        const writer = pool.spawn(fn, both)
        await begun(both, 2)
        writer.kill(round)
        expect(await failure(writer.join().then(x => x))).toMatchObject({ name: 'KilledError', reason: round })
        expect(both[0]).toBe(both[1])
      }
    }
    const both = cells(3)
    const control = new AbortController()
    const canceled = settled(pool.runWith({ signal: control.signal }, t.commit, both))
    await begun(both, 2)
    control.abort()
    expect(await canceled).toMatchObject({ error: expect.any(CanceledError) as unknown })
    await pool.close()
    expect(both[0]).toBe(both[1])
  })

  it.runIf(threads > 1)('children live on as long as the section', async () => {
    await using pool = new Pool({ threads })
    const seen = cells(3)
    const parent = pool.spawn(t.withChild, seen)
    await begun(seen, 2)
    parent.kill()
    expect(await failure(parent.join().then(x => x))).toBeInstanceOf(KilledError)
    expect(seen[0]).toBe(1)
  })

  it('a child that fails meanwhile and is joined there is heard of there alone', async () => {
    await using pool = new Pool({ threads })
    for (const fn of [t.joinedWithin, t.awaitedWithin]) {
      for (let i = 0; i < 20; i++) expect(await pool.run(fn)).toBe('child')
    }
  })

  it('of two children that fail one is joined, and the other heard of', async () => {
    await using pool = new Pool({ threads })
    for (let i = 0; i < 12; i++) {
      const first = i % 2 === 0
      const other = { message: first ? 'second' : 'first' }
      expect(await failure(pool.run(t.oneOfTwo, first, true))).toMatchObject(other)
      // Outside of a section the join may be where it hears of the other; then it is that one that is left.
      expect(await failure(pool.run(t.oneOfTwo, first, false))).toBeInstanceOf(RangeError)
      expect(await failure(pool.run(t.oneOfTwoAwaited, first))).toMatchObject(other)
    }
  })

  it('a child that fails meanwhile is heard of afterwards', async () => {
    await using pool = new Pool({ threads })
    for (let i = 0; i < 10; i++) expect(await pool.run(t.grieved, cells(1))).toBe('1 child')
    expect(await failure(pool.run(t.throwing))).toBeInstanceOf(RangeError)
    expect(await pool.run(t.one)).toBe(1)
  })
})

it('a continuation of a task whose thread has died fails as that', async () => {
  await using pool = new Pool({ threads: 2 })
  const lost = pool.spawn(t.exits).andThen(t.add, 1)
  expect(await failure(lost.join().then(x => x))).toBeInstanceOf(WorkerLostError)
})

it('refuses what it cannot use', async () => {
  await using pool = new Pool({ threads: 1 })
  for (const options of [
    { name: '' },
    { after: 5 },
    { after: [1] },
    { timeout: -1 },
    { timeout: Infinity },
    { signal: 1 },
  ]) {
    expect(() => pool.spawnWith(options as never, t.one), JSON.stringify(options)).toThrow(OptionError)
  }
})

it('outside of tasks there is no current task, and a section is a call', () => {
  expect(currentTask()).toBe(undefined)
  expect(uncancellable(() => 5)).toBe(5)
})
