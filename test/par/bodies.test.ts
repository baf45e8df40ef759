import { par, Pool, TaskError } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { child } from '../pool/child.ts'
import * as tasks from './bodies.tasks.ts'

const pools = [0, 1, 2, 3, 8].map(threads => new Pool({ threads }))
const [alone, , two, , eight] = pools as [Pool, Pool, Pool, Pool, Pool]
afterAll(() => Promise.all(pools.map(pool => pool.close())))

describe('a function of a chain', () => {
  it('may be a task, which sees its module', async () => {
    for (const pool of pools) expect(await pool.run(tasks.byTask, 10_000)).toBe(49_995_000 + 420_000)
  })

  it('may be a method, or built in', async () => {
    expect(await two.run(tasks.methods, 4)).toEqual([0, 0.5, 1, 1.5])
    expect(await two.run(tasks.roots, 5000)).toEqual(Array.from({ length: 5000 }, (_, i) => Math.sqrt(i)))
  })

  it('is told which variable it cannot see, on every worker count alike', async () => {
    for (const pool of pools) {
      await expect(pool.run(tasks.free, 10)).rejects.toMatchObject({
        code: 'ERR_FILCH_FREE_VARIABLE',
        message: expect.stringMatching(
          /^secret is not known .*with\(\{ secret \}\).* make it a task at the top level/,
        ) as string,
        index: 0,
      })
    }
  })

  it('may call tasks that it is given', async () => {
    for (const pool of pools) expect(await pool.run(tasks.helped, 10_000)).toBe(49_995_000 + 420_000)
  })

  it.each<[unknown, RegExp]>([
    [undefined, /^map got undefined/],
    [async (x: number) => x, /async/],
    [generator, /generator/],
    [class A {}, /class/],
    [Array.prototype.at.bind([1]), /native or bound/],
  ])('%s is refused', (fn, why) => {
    expect(() => par(10).map(fn as never)).toThrow(why)
    expect(() => par(10).map(fn as never)).toThrow(TaskError)
  })

  it('fails with the index at which it did, and the first in order wins', async () => {
    for (const pool of pools) {
      await expect(pool.run(tasks.failing, 20_000, [19_999, 7, 12_345])).rejects.toMatchObject({
        name: 'RangeError',
        message: 'bad 7',
        index: 7,
      })
      await expect(pool.run(tasks.failing, 20_000, [12_345, 19_999])).rejects.toMatchObject({ index: 12_345 })
      expect(await pool.run(tasks.failing, 1000, [])).toBe(1000)
    }
  })
})

describe('a chain', () => {
  it.each([true, false])('spreads a few expensive elements (sum: %s)', async sum => {
    await eight.broadcast(tasks.spin, 0)
    const before = eight.stats().steals
    expect(await eight.run(tasks.few, 100, sum)).toBe(4950)
    expect(eight.stats().steals - before).toBeGreaterThanOrEqual(7)
  })

  it('adds and multiplies numbers alone, and says what it was given', async () => {
    for (const pool of pools) {
      for (const [count, at, slow, times] of [
        // First, while no thread thinks the loop cheap: elements are made by many and gathered by one.
        [100, 70, true, true],
        [100, 70, true, false],
        [10, 3, false, true],
        [100_000, 77_777, false, false],
      ] as const) {
        for (const value of slow ? ['12'] : ['12', true, null]) {
          await expect(pool.run(tasks.odd, count, at, value, slow, times)).rejects.toMatchObject({
            name: 'TypeError',
            message: `${times ? 'product' : 'sum'}: ${value} (${typeof value}) is no number. Map it to a number first.`,
            index: at,
          })
        }
      }
    }
  })

  it('hands on numbers as they are, whole or not', async () => {
    const whole = Array.from({ length: 20_000 }, (_, i) => i * 7919 - 2 ** 31)
    for (const odd of [0, 2 ** 31 - 1, -0, 0.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN, Infinity]) {
      const xs = whole.with(19_999, odd).map(x => (x > 2 ** 31 - 1 && x !== odd ? 5 : x))
      const wanted = xs.map(x => (Object.is(x, -0) ? 'minus' : String(x)))
      for (const pool of pools) expect(await pool.run(tasks.numbers, xs)).toEqual(wanted)
    }
  })

  it('stops looking when it has found something', async () => {
    for (const pool of pools) {
      const calls = new Int32Array(new SharedArrayBuffer(4 * 200_000))
      expect(await pool.run(tasks.looked, 200_000, 9000, calls)).toBe(9000)
      expect(calls.subarray(0, 9000).every(call => call === 1)).toBe(true)
      // Whoever looks further on has ended within a few milliseconds: some thousands of elements for each of eight
      // workers.
      expect(calls.reduce((a, b) => a + b, 0)).toBeLessThan(150_000)
    }
  })

  it('ends when its run is canceled', async () => {
    for (const pool of pools) {
      await expect(pool.runWith({ timeout: 30 }, tasks.endless)).rejects.toMatchObject({ code: 'ERR_FILCH_CANCELED' })
    }
  })

  it('may stand in a function of another', async () => {
    const wanted = await alone.run(tasks.nested, 50)
    for (const pool of pools) expect(await pool.run(tasks.nested, 50)).toBe(wanted)
  })

  it('writes into what it reads, and into what is not shared', async () => {
    for (const pool of pools) {
      const xs = new Float64Array(new SharedArrayBuffer(8 * 50_000))
      await pool.run(tasks.inPlace, xs)
      expect(xs.every(x => x === 1)).toBe(true)
      expect((await pool.run(tasks.ordinary, 20_000)).every((x, i) => x === 2 * i)).toBe(true)
    }
  })

  it('hands on objects themselves, and runs alone what cannot cross', async () => {
    for (const pool of pools) {
      expect(await pool.run(tasks.identity, 20_000)).toBe(true)
      expect(await pool.run(tasks.unsendable, 10_000)).toBe(49_995_000)
    }
  })

  it('reads lines, tiles, chunks and windows', async () => {
    const text = Array.from({ length: 30_000 }, (_, i) => `line ${i}`).join('\n')
    const xs = new Float64Array(new SharedArrayBuffer(8 * 10_500)).map((_, i) => Math.sin(i))
    const shared = new Float64Array(new SharedArrayBuffer(8 * xs.length))
    for (const pool of pools) {
      expect(await pool.run(tasks.lines, text)).toEqual([30_000, text.length])
      expect(await pool.run(tasks.lines, '\r\na\n\n')).toEqual([3, 3])
      expect(await pool.run(tasks.lines, '')).toEqual([0, 0])
      const cells = new Int32Array(new SharedArrayBuffer(4 * 37 * 53))
      await pool.run(tasks.tiles, 37, 53, cells)
      expect(cells.every(cell => cell === 1)).toBe(true)
      shared.set(xs)
      expect(await pool.run(tasks.pieces, shared)).toBeLessThanOrEqual(10)
    }
  })
})

describe('where it runs', () => {
  it('outside a task the caller waits and works along', () => {
    expect(par(1000).sum()).toBe(499_500)
  })

  it('is awaited on a pool', async () => {
    const xs = Float64Array.from({ length: 10_000 }, (_, i) => i)
    for (const pool of pools) {
      expect(await par.on(pool)(xs).sum()).toBe(49_995_000)
      const target = new Float64Array(10_000)
      expect(
        await par
          .on(pool)(xs)
          .map(x => x + 1)
          .into(target),
      ).toBe(target)
      expect(target[9999]).toBe(10_000)
      await expect(
        par
          .on(pool)(3)
          .map(() => nowhere)
          .toArray(),
      ).rejects.toMatchObject({ code: 'ERR_FILCH_FREE_VARIABLE' })
    }
    expect(() => par.on({} as Pool)).toThrow(/Give a Pool/)
  })

  it('works where no code may be made from text', async () => {
    const flags = ['--disallow-code-generation-from-strings']
    expect(await child('no-eval-par.mjs', { flags })).toMatchObject({ code: 0, signal: null, err: '' })
  })
})

declare const nowhere: number

function* generator(): Generator<never> {}
