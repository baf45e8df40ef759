import * as fc from 'fast-check'
import { histogram, minmax, pack, Pool, random, scan, search, shared, shuffle, stencil, transpose } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import * as tasks from './algorithms.tasks.ts'

const pools = [0, 1, 2, 3, 8].map(threads => new Pool({ threads }))
afterAll(() => Promise.all(pools.map(pool => pool.close())))

/** Short and odd, or long enough for several blocks. */
const array = fc.oneof(
  fc.array(fc.oneof(fc.integer({ min: -99, max: 99 }), fc.constantFrom(Number.NaN, -0, Infinity, -Infinity)), {
    maxLength: 60,
  }),
  fc
    .tuple(
      fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 300_000 }),
    )
    .map(([pattern, length]) => Array.from({ length }, (_, i) => pattern[i % pattern.length]! + (i % 13))),
)

/** What every pool makes of it must be equal; returns it. */
async function same<R>(run: (pool: Pool) => Promise<R>): Promise<R> {
  const results: R[] = []
  for (const pool of pools) results.push(await run(pool))
  for (const result of results) expect(result).toStrictEqual(results[0])
  return results[0]!
}

function prefix(xs: readonly number[], op: (a: number, b: number) => number, start: number): number[] {
  let a = start
  return xs.map(x => (a = op(a, x)))
}

describe('scan', () => {
  it.each(['sum', 'exclusive', 'max', 'self'] as const)(
    '%s',
    async how => {
      await fc.assert(
        fc.asyncProperty(array, async xs => {
          const made = await same(pool => pool.run(tasks.scanned, shared.f64(xs), how))
          const all = how === 'max' ? prefix(xs, Math.max, -Infinity) : prefix(xs, (a, b) => a + b, 0)
          // -0 after 0 is 0, and so is a scan's, which begins with the identity.
          const wanted = how === 'exclusive' ? [0, ...all.slice(0, -1)].slice(0, xs.length) : all
          expect([...made].map(x => x + 0)).toEqual(wanted.map(x => x + 0))
        }),
        { numRuns: 15 },
      )
    },
    60_000,
  )

  it('of floats has the same bits, whoever helps', async () => {
    const xs = shared.f64(1_000_000, i => Math.sin(i) * 10 ** (i % 15))
    const made = await same(pool => pool.run(tasks.scanned, xs, 'sum'))
    expect(made[999_999]).toBeCloseTo(
      xs.reduce((a, b) => a + b, 0),
      -3,
    )
  })

  it('writes into what it is given, and refuses what does not fit', () => {
    const own = new Float64Array([1, 2, 3])
    expect(scan(own, { into: own })).toBe(own)
    expect([...own]).toEqual([1, 3, 6])
    expect(() => scan(own, { into: new Float32Array(3) })).toThrow(/same kind/)
    expect(() => scan(own, { op: (a, b) => a * b })).toThrow(/identity/)
    expect(() => scan(shared.i64(3))).toThrow(/array of numbers/)
  })

  it('refuses options that it does not know, as the others do', () => {
    const xs = shared.f64(3)
    expect(() => scan(xs, { exclusve: true } as never)).toThrow(/scan: an option is "exclusve". There are: op,/)
    expect(() => scan(xs, { exclusive: 1 as never })).toThrow(/scan: exclusive is 1/)
    expect(() => scan(xs, { identity: '0' as never })).toThrow(/scan: the identity is "0"/)
    expect(() => scan(xs, null as never)).toThrow(/scan: the options is null/)
    expect(() => histogram(xs, 3, { top: 1 } as never)).toThrow(/histogram: an option is "top"/)
    expect(() => pack(xs, x => x > 0, { to: xs } as never)).toThrow(/pack: an option is "to"/)
    expect(() => stencil(xs, 3, (g, at) => g[at]!, { step: 2 } as never)).toThrow(/stencil: an option is "step"/)
  })

  it('fails with the error of its operation', async () => {
    const xs = shared.f64(1_000_000, i => (i === 900_000 ? -1 : 1))
    for (const pool of pools) await expect(pool.run(tasks.failedScan, xs)).rejects.toThrow('minus one')
  })
})

describe('pack, minmax, search', () => {
  it('are what the methods of arrays are', async () => {
    await fc.assert(
      fc.asyncProperty(array, async xs => {
        const typed = shared.f64(xs)
        const kept = await same(pool => pool.run(tasks.packed, typed))
        expect([...kept]).toEqual(xs.filter((x, i) => x > 0 && i % 3 !== 0))

        const numbers = xs.filter(x => !Number.isNaN(x))
        const min = numbers.reduce((a, b) => Math.min(a, b), Infinity)
        const max = numbers.reduce((a, b) => Math.max(a, b), -Infinity)
        const wanted = {
          min: min + 0,
          minAt: xs.findIndex(x => x === min),
          max: max + 0,
          maxAt: xs.findIndex(x => x === max),
        }
        const extremes = await same(pool => pool.run(tasks.extremes, typed))
        if (numbers.length === 0) expect(extremes).toBe(undefined)
        else expect({ ...extremes, min: extremes!.min + 0, max: extremes!.max + 0 }).toEqual(wanted)

        const sorted = typed.slice().sort()
        const values = shared.f64(numbers.slice(0, 500))
        const places = await same(pool => pool.run(tasks.found, sorted, values))
        expect([...places]).toEqual([...values].map(value => sorted.findIndex(x => x >= value)))
      }),
      { numRuns: 30 },
    )
  }, 60_000)

  it('keep the kind of the array', () => {
    expect(pack(shared.u8([1, 2, 3]), x => x !== 2)).toEqual(shared.u8([1, 3]))
    expect([...pack(shared.i64([1n, -2n]), x => x > 0n)]).toEqual([1n])
    expect(minmax(shared.i32([3, 3]))).toEqual({ min: 3, minAt: 0, max: 3, maxAt: 0 })
    expect(search(shared.f32(0), shared.f64([1]))).toEqual(shared.i32([0]))
    const space = new Float64Array(4)
    expect(pack(shared.f64([1, -2, 3]), x => x > 0, { into: space })).toEqual(new Float64Array([1, 3]))
    expect(space).toEqual(new Float64Array([1, 3, 0, 0]))
    expect(() => pack(shared.f64([1, 2]), () => true, { into: shared.f64(1) })).toThrow(/into is 1\. 2 elements/)
    expect(() => pack(space, () => true, { into: space })).toThrow(/memory of its own/)
    expect(() => pack(space, () => true, { into: shared.f32(4) as never })).toThrow(/same kind/)
    expect(() => pack([1] as never, () => true)).toThrow(/typed array/)
    expect(() => pack(shared.f64(3), x => x > hidden)).toThrow(
      expect.objectContaining({ code: 'ERR_FILCH_FREE_VARIABLE' }) as Error,
    )
  })
})

declare const hidden: number

describe('matrices', () => {
  it.each([
    [0, 3, 2],
    [1, 1, 1],
    [5, 7, 9],
    [64, 64, 64],
    [131, 70, 67],
  ])('%i x %i x %i', async (rows, inner, columns) => {
    const a = shared.f64(rows * inner, i => Math.sin(i))
    const b = shared.f64(inner * columns, i => Math.cos(i))
    const wanted = new Float64Array(rows * columns)
    for (let y = 0; y < rows; y++) {
      for (let p = 0; p < inner; p++) {
        for (let x = 0; x < columns; x++) wanted[y * columns + x]! += a[y * inner + p]! * b[p * columns + x]!
      }
    }
    // To the bit.
    expect([...(await same(pool => pool.run(tasks.product, a, b, rows, inner, columns)))]).toEqual([...wanted])

    const turned = await same(pool => pool.run(tasks.turned, a, rows, inner))
    expect([...turned]).toEqual(Array.from(a, (_, i) => a[(i % rows) * inner + Math.floor(i / rows)]))
  })

  it('must have the size that they are said to have', () => {
    expect(() => transpose(shared.f64(5), 2, 3)).toThrow(/2 times 3/)
    expect(() => transpose(shared.f64(5), 2.5, 2)).toThrow(/whole number/)
  })
})

describe('random numbers', () => {
  it('are the same on any number of workers, and spread evenly', async () => {
    const drawn = await same(pool => pool.run(tasks.drawn, 200_000, 7))
    expect(drawn.every((x, i) => x === random(7, i) && x >= 0 && x < 1)).toBe(true)
    expect(new Set(drawn).size).toBe(200_000)
    // Chi-square with 255 degrees of freedom: beyond 400 with a probability below 1e-8, and the seed is fixed.
    const bins = new Float64Array(256)
    for (const x of drawn) bins[Math.floor(x * 256)]! += 1
    expect(bins.reduce((sum, bin) => sum + (bin - 781.25) ** 2 / 781.25, 0)).toBeLessThan(400)
    expect(await same(pool => pool.run(tasks.mean, 100_000, 3))).toBeCloseTo(0.5, 2)
    const other = Array.from({ length: 1000 }, (_, i) => random(8, i))
    expect(other.some((x, i) => x === drawn[i])).toBe(false)
  })

  it('shuffle the same way for the same seed', async () => {
    const xs = shared.f64(50_000, i => i)
    const made = await same(pool => pool.run(tasks.shuffled, shared.f64(xs), 42))
    expect([...made.slice().sort()]).toEqual([...xs])
    expect(made.filter((x, i) => x === i).length).toBeLessThan(12)
    const words = ['a', 'b', 'c', 'd', 'e']
    expect(shuffle(words, 1)).toBe(words)
    expect(words.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'])
    const own = Uint8Array.from({ length: 9 }, (_, i) => i)
    expect(shuffle(own, 5)).toBe(own)
    expect(() => shuffle('x' as never, 1)).toThrow(/Give an array/)
  })
})
