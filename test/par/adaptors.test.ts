import * as fc from 'fast-check'
import { chunkBy, histogram, integerSort, kthSmallest, par, partition, Pool, shared, stencil, unique } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import * as tasks from './adaptors.tasks.ts'

const pools = [0, 1, 2, 3, 8].map(threads => new Pool({ threads }))
afterAll(() => Promise.all(pools.map(pool => pool.close())))

const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -99, max: 99 }) },
  { weight: 1, arbitrary: fc.constantFrom(-0, 0.5, Infinity, -Infinity, Number.NaN) },
)
/** Short and odd, or long enough for several pieces. */
const array = (most: number, element: fc.Arbitrary<number> = value): fc.Arbitrary<number[]> =>
  fc.oneof(
    fc.array(element, { maxLength: 40 }),
    fc
      .tuple(fc.array(element, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: most }))
      .map(([pattern, length]) => Array.from({ length }, (_, i) => pattern[i % pattern.length]! + (i % 13))),
  )

async function same<R>(run: (pool: Pool) => Promise<R>): Promise<R> {
  const results: R[] = []
  for (const pool of pools) results.push(await run(pool))
  for (const result of results) expect(result).toStrictEqual(results[0])
  return results[0]!
}

describe('adaptors and consumers', () => {
  it('come to what the methods of arrays come to', async () => {
    await fc.assert(
      fc.asyncProperty(array(5000), fc.nat(50), fc.boolean(), async (xs, some, typed) => {
        const made = await same(pool => pool.run(tasks.adaptors, typed ? new Float64Array(xs) : xs, some))
        const match = xs.find(x => x > 50)
        expect(made).toStrictEqual({
          findLast: xs.findLast(x => x > 50),
          findLastIndex: xs.findLastIndex(x => x > 50),
          findMap: match === undefined ? undefined : `${match}`,
          positions: xs.flatMap((x, i) => (x > 50 ? [i] : [])),
          take: xs.slice(0, some),
          skipped: xs.slice(some, some + 5),
          stepped: xs.filter((_, i) => i % (some + 1) === 0).toReversed(),
          blocks: xs,
          blocksFind: xs.findIndex(x => x > 50),
          mapInit: xs.map((x, i) => x + i),
          mapInitWith: xs.map(x => x + some - some),
          toMap: new Map(xs.map(x => [Math.floor(x) % 5, x] as const)),
          join: xs.map(x => Math.floor(x)).join('-'),
          enumerate: xs.map((x, i) => [i, x]),
          zip: xs.map(x => [x, x]),
          zipWith: xs.map(x => x - x),
          inspect: xs.length,
          some: xs.some(x => x > 50),
          every: xs.every(x => x > -50),
        })
      }),
      { numRuns: 60 },
    )
    expect(pools.slice(2).every(pool => pool.stats().steals > 50)).toBe(true)
  }, 120_000)

  it('takeAny takes as many as there are, and stops then', async () => {
    for (const pool of pools) {
      const calls = shared.i32(100_000)
      const taken = await pool.run(tasks.taken, 100_000, 500, calls)
      expect(new Set(taken).size).toBe(500)
      expect(taken.every(x => x % 3 === 0)).toBe(true)
      expect(calls.reduce((a, b) => a + b, 0)).toBeLessThan(80_000)
      expect(await pool.run(tasks.taken, 30, 500, calls)).toHaveLength(10)
      expect(await pool.run(tasks.taken, 30, 0, calls)).toEqual([])
    }
  })

  it('makes few states, at least one for each part', async () => {
    for (const pool of pools) {
      const made = await pool.run(tasks.states, 50_000, shared.i32(1))
      expect(made).toBeGreaterThanOrEqual(1)
      expect(made).toBeLessThan(1000)
    }
  })

  it('reads ranges, pieces and collections', async () => {
    for (const [from, to, step] of [
      [0, 10, 3],
      [10, 0, -4],
      [5, 5, 1],
      [-3, 4000, 2],
    ] as const) {
      const wanted: number[] = []
      for (let i = from; step > 0 ? i < to : i > to; i += step) wanted.push(i)
      const cells = shared.i32(3000)
      expect(await same(pool => pool.run(tasks.ranges, from, to, step, cells))).toEqual(wanted)
      expect(cells.every(cell => cell === pools.length)).toBe(true)
    }
    await fc.assert(
      fc.asyncProperty(
        array(300, fc.integer({ min: -99, max: 99 })),
        fc.string(),
        fc.integer({ min: 1, max: 9 }),
        async (xs, text, size) => {
          const starts = xs.flatMap((_, i) => (i % size === 0 ? [i] : []))
          const found = await same(pool => pool.run(tasks.pieces, xs, text, size))
          expect(found.arrays).toEqual(starts.map(at => xs.slice(at, at + size)))
          expect(found.texts.join('')).toBe(text)
          expect(found.views).toEqual(starts.map(at => xs.slice(at, at + size).reduce((a, b) => a + b, 0)))
          expect(found.windows).toEqual(
            Array.from({ length: Math.max(0, xs.length - size + 1) }, (_, i) => xs[i]! - xs[i + size - 1]!),
          )
        },
      ),
      { numRuns: 30 },
    )
    const entries = Array.from({ length: 2000 }, (_, i) => [`k${i % 1500}`, i] as const)
    const found = await same(pool => pool.run(tasks.collections, entries))
    expect(found.map).toEqual(Array.from(new Map(entries), ([key, value]) => `${key}=${value}`))
    expect(found.set).toEqual([...new Set(entries.map(([key]) => key))])
  }, 60_000)

  it('read what they were given, whatever happens to it then', async () => {
    const count = 4000
    expect(await same(pool => pool.run(tasks.hostile, count))).toEqual({
      frozen: (count * (count - 1)) / 2,
      holes: ['number', 'undefined', 'number', 'undefined'],
      taken: count,
      first: 0,
    })
  })

  it('refuse what they cannot use, and say what it was', () => {
    expect(() => par(10).blocks(0)).toThrow(/^blocks is 0\. .*1 or more/)
    expect(() => par(10).takeAny(-1)).toThrow(/^takeAny is -1\./)
    expect(() => par(10).take(1.5)).toThrow(/^take is 1\.5\./)
    expect(() =>
      par(10)
        .filter(x => x > 1)
        .take(3),
    ).toThrow(/take does not work at this place/)
    // Its index would be that of the source, and not that of the array that comes out.
    const even = par(10).filter(x => x % 2 === 0)
    expect(() => even.enumerate()).toThrow(/enumerate does not work at this place .* no places/)
    expect(() => even.zip([1])).toThrow(/zip does not work at this place .* no places/)
    expect(even.map((x, i) => i - x).toArray()).toEqual([0, 0, 0, 0, 0])
    for (const count of [-5, 1.5, Number.NaN, Infinity]) {
      expect(() => par(count)).toThrow(`par: the source is ${count}. Give a whole number, 0 or more.`)
    }
    expect(() => par({} as never)).toThrow(/Give a number, an array/)
    expect(() => par.chunks({} as never, 3)).toThrow(/Give a typed array/)
    expect(() => par.range(0, 10, 0)).toThrow(/step of a range is 0/)
    expect(() => par(10).mapInit(3 as never, x => x)).toThrow(/^mapInit got 3/)
  })
})

describe('algorithms', () => {
  it('come to what the methods of arrays come to', async () => {
    await fc.assert(
      fc.asyncProperty(array(60_000), fc.nat(), async (xs, k) => {
        const made = await same(pool => pool.run(tasks.algorithms, xs, k))
        expect(made.yes).toEqual(xs.filter((x, i) => x > 0 && i % 3 !== 0))
        expect(made.no).toEqual(xs.filter((x, i) => !(x > 0 && i % 3 !== 0)))
        const sorted = Float64Array.from(xs).sort()
        expect(made.unique).toEqual([...new Set(sorted)])
        expect(made.uniqueBytes).toEqual([...new Set(Uint8Array.from(xs).sort())])
        expect(made.kth).toBe(xs.length === 0 ? 0 : sorted[k % xs.length])
        expect(made.runs.flat()).toEqual(xs)
        const ends = made.runs.slice(1).map((run, i) => [made.runs[i]!.at(-1)!, run[0]!] as const)
        expect(ends.every(([left, right]) => !(left <= right))).toBe(true)
        expect(made.runs.every(run => run.every((x, i) => i === 0 || run[i - 1]! <= x))).toBe(true)
        for (const [keys, column] of [
          [Int32Array.from(xs), 0],
          [Int8Array.from(xs), 1],
        ] as const) {
          const places = Array.from(keys, (_, i) => i).sort((a, b) => keys[a]! - keys[b]! || a - b)
          expect(made.sorted[column]).toEqual([places.map(place => keys[place]), places])
        }
        expect(made.sorted[2]![1]).toEqual(made.sorted[0]![1])
        const bins = Array.from({ length: 256 }, () => 0)
        for (const x of Uint8Array.from(xs)) bins[x]! += 1
        expect(made.histogram).toEqual(bins)
      }),
      { numRuns: 20 },
    )
  }, 120_000)

  it('select among many and among few different values', () => {
    const xs = shared.f64(200_000, i => Math.sin(i) * 1000)
    const sorted = xs.slice().sort()
    for (const k of [0, 1, 777, 100_000, 199_998, 199_999]) expect(kthSmallest(xs, k)).toBe(sorted[k])
    const few = shared.i32(100_000, i => i % 3)
    expect([0, 33_333, 33_334, 99_999].map(k => kthSmallest(few, k))).toEqual([0, 0, 1, 2])
    expect(kthSmallest(shared.i64([3n, -1n, 2n]), 1)).toBe(2n)
    const zeros = shared.f64(50_000, i => (i === 7 ? -0 : 0))
    expect([kthSmallest(zeros, 0), kthSmallest(zeros, 1)]).toEqual([-0, 0])
  })

  it.each([
    [1, 1, 1, 1],
    [3, 3, 1, 1],
    [40, 37, 1, 3],
    [37, 900, 2, 2],
    [1, 5000, 1, 1],
  ])('stencil of %i x %i, radius %i, %i steps', async (rows, columns, radius, steps) => {
    const grid = shared.f64(rows * columns, i => Math.cos(i))
    let wanted = Float64Array.from(grid)
    for (let step = 0; step < steps; step++) {
      const old = wanted
      wanted = old.map((x, at) => {
        const [y, column] = [Math.floor(at / columns), at % columns]
        const edge = rows > 1 && (y < radius || y >= rows - radius)
        if (edge || column < radius || column >= columns - radius) return x
        return (old[at - columns]! + old[at + columns]! + 2 * old[at - 1]! + 3 * old[at + 1]!) / 7
      })
    }
    const before = [...grid]
    const made = await same(pool => pool.run(tasks.blurred, grid, columns, radius, steps))
    expect([...made]).toEqual([...wanted])
    expect([...grid]).toEqual(before)
  })

  it('walks a tree in pre-order', async () => {
    const wanted: number[] = []
    const walk = (n: number): void => {
      wanted.push(n)
      if (n * 3 < 20_000) for (const child of [3 * n - 1, 3 * n, 3 * n + 1]) walk(child)
    }
    walk(1)
    expect(await same(pool => pool.run(tasks.nodes, Infinity))).toEqual(wanted)
  })

  it('refuse what they cannot use, and say what it was', () => {
    expect(() => partition([1] as never, x => x)).toThrow(/partition: the array .*Give a typed array/)
    expect(() => unique('a' as never)).toThrow(/unique: the array is "?a/)
    expect(() => kthSmallest(shared.f64(3), 3)).toThrow(/k is 3\. .*0 to 2/)
    expect(() => integerSort(shared.f64(3) as never)).toThrow(/keys/)
    expect(() => integerSort(shared.i32(3), shared.f64(2))).toThrow(/column is 2\. The keys have 3/)
    expect(() => histogram(shared.f64([1, 9]), 4)).toThrow(/element 1 is 9.*from 0 to 4/)
    expect(() => histogram(shared.f64([Number.NaN]), 4)).toThrow(RangeError)
    expect(() => histogram(shared.f64(1), 4, { min: 3, max: 1 })).toThrow(/min and max/)
    expect(() => stencil(shared.f64(5), 2, () => 0)).toThrow(/5\. It should be a multiple of 2/)
    expect(() => stencil(shared.f64(4), 2, () => 0, { radius: -1 })).toThrow(/radius is -1/)
    expect(() => stencil(shared.f64(4), 2, () => 0, { into: shared.f64(3) })).toThrow(
      /same kind \(f64\) and length \(4\)/,
    )
    for (const steps of [1, 2, 3]) {
      const grid = new Float64Array([0, 0, 8, 0, 0, 0])
      const into = new Float64Array(6)
      const made = stencil(grid, 6, (g, at) => (g[at - 1]! + g[at + 1]!) / 2, { steps, into })
      expect(made).toBe(into)
      expect([...into]).toEqual([...stencil(shared.f64(grid), 6, (g, at) => (g[at - 1]! + g[at + 1]!) / 2, { steps })])
    }
    expect(() => chunkBy({} as never, () => true)).toThrow(/typed array/)
    expect(() => chunkBy(shared.f64(3), 5 as never)).toThrow(/chunkBy got 5/)
  })
})
