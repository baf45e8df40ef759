import * as fc from 'fast-check'
import { Pool, shared, sort, sortBy } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { arrays, keyed, sorted, unseen } from './sort.tasks.ts'

const pools = [0, 1, 2, 3, 8].map(threads => new Pool({ threads }))
afterAll(() => Promise.all(pools.map(pool => pool.close())))

/** The bits: toEqual tells neither -0 from 0 nor one NaN from another. */
const bits = (array: ArrayBufferView): string =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64')

const odd = fc.constantFrom(
  Number.NaN,
  -0,
  0,
  Infinity,
  -Infinity,
  5e-324,
  -5e-324,
  1,
  -1,
  2 ** 31,
  -(2 ** 31),
  255,
  -129,
)
const floats = fc.oneof(
  fc.array(fc.oneof(odd, fc.double()), { maxLength: 50 }),
  fc
    .tuple(
      fc.array(fc.oneof(odd, fc.double(), fc.integer()), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 4000, max: 70_000 }),
    )
    .map(([pattern, length]) =>
      Array.from({ length }, (_, i) => pattern[(i * 7919) % pattern.length]! * (1 + (i % 3))),
    ),
)

const kinds = ['f64', 'f32', 'i32', 'u32', 'i16', 'u8'] as const

const make = (kind: (typeof kinds)[number], xs: readonly number[]): Float64Array => shared[kind as 'f64'](xs)

const last = (a: unknown, b: unknown): number => Number(String(a).at(-1)) - Number(String(b).at(-1))
const refusing = (): number => {
  throw new RangeError('no')
}

const noise = (i: number): number => ((i * 48_271) % 2_147_483_647) / 2_147_483_647

describe('sort', () => {
  it('has the order of the method, to the bit, on any number of workers', async () => {
    await fc.assert(
      fc.asyncProperty(floats, fc.constantFrom(...kinds), async (xs, kind) => {
        const wanted = bits(make(kind, xs).sort())
        for (const pool of pools) expect(bits(await pool.run(sorted, make(kind, xs), 'none'))).toBe(wanted)
      }),
      { numRuns: 60 },
    )
  }, 120_000)

  it('sorts doubles whose high words repeat: in small groups, in long ones that a sample misses, on edges of blocks', async () => {
    const length = 150_000
    const tiny = 2 ** -40
    const sampled = new Set(Array.from({ length: 8192 }, (_, i) => Math.floor((i * length) / 8192)))
    const makers = [
      // Groups of a few, of both signs.
      (i: number) => (noise(i) - 0.5) * 2e6,
      (i: number) => (1 + Math.floor(noise(i) * 40_000) / 2 ** 16) * (1 + noise(i + 7) * tiny) * (i % 2 === 0 ? 1 : -1),
      // The sample (groups.ts) sees nothing of the long group.
      (i: number) => (sampled.has(i) ? noise(i) : 3 + noise(i) * tiny),
      // One group over the edges of all blocks, and zeros with denormals.
      (i: number) => (i % 3 === 0 ? noise(i) : 5 + noise(i) * tiny),
      (i: number) => [0, -0, 5e-324, -5e-324, Number.NaN, noise(i)][i % 6]!,
    ]
    for (const make of makers) {
      const xs = shared.f64(length, make)
      const wanted = bits(xs.slice().sort())
      for (const pool of pools) expect(bits(await pool.run(sorted, shared.f64(xs), 'none'))).toBe(wanted)
    }
  })

  it('by a comparison is stable and the same', async () => {
    for (const length of [2, 8191, 8192, 8193, 70_001]) {
      const xs = shared.f64(length, i => Math.floor(Math.sin(i) * 1000))
      const wanted = bits(xs.slice().sort((a, b) => b - a))
      for (const pool of pools) expect(bits(await pool.run(sorted, shared.f64(xs), 'down'))).toBe(wanted)
    }
  })

  it('sorts 64-bit integers by all of their bits', async () => {
    const xs = shared.i64(50_000, i => BigInt.asIntN(64, BigInt(i) * 0x9e3779b97f4a7c15n))
    const wanted = bits(xs.slice().sort())
    for (const pool of pools) expect(bits(await pool.run(sorted, shared.i64(xs), 'none'))).toBe(wanted)
    const unsigned = shared.u64(xs)
    expect(bits(sort(shared.u64(unsigned)))).toBe(bits(unsigned.slice().sort()))
  })

  it('leaves sorted and constant arrays as they are, and copies what is not shared there and back', () => {
    const up = shared.f64(100_000, i => i)
    expect(bits(sort(shared.f64(up)))).toBe(bits(up))
    expect(bits(sort(shared.i32(50_000, () => -3)))).toBe(bits(shared.i32(50_000, () => -3)))
    const own = Float64Array.from({ length: 50_000 }, (_, i) => -i)
    expect(sort(own)).toBe(own)
    expect(own[0]).toBe(-49_999)
    const part = shared.f64(20_001, i => -i).subarray(1)
    expect(bits(sort(part))).toBe(bits(Float64Array.from({ length: 20_000 }, (_, i) => i - 20_000)))
  })

  it('sorts arrays as their method does', async () => {
    const words = Array.from({ length: 20_000 }, (_, i) => (i % 50 === 0 ? undefined : `word ${(i * 7919) % 1000}`))
    for (const pool of pools) {
      // oxlint-disable-next-line typescript/require-array-sort-compare -- the default is what is compared with
      expect(await pool.run(arrays, words, 'text')).toEqual(words.toSorted())
      expect(await pool.run(arrays, words, 'last')).toEqual(words.toSorted(last))
    }
    const holes = [3, , undefined, 1, ,] // oxlint-disable-line no-sparse-arrays -- that is the point
    const wanted = [...holes.keys()].length
    expect(Object.keys(sort(holes))).toEqual(['0', '1', '2'])
    expect([holes.length, holes[0], holes[1]]).toEqual([wanted, 1, 3])
    expect(sort([10, 9, 1])).toEqual([1, 10, 9])
  })

  it('refuses what it cannot sort, and leaves an array whose comparison throws as it was', () => {
    expect(() => sort({} as never)).toThrow(/Give an array/)
    expect(() => sort([1], 3 as never)).toThrow(/Give a function/)
    const array = [3, 2, 1]
    expect(() => sort(array, refusing)).toThrow('no')
    expect(array).toEqual([3, 2, 1])
  })
})

describe('sortBy', () => {
  it('is stable, and keeps the objects', async () => {
    for (const pool of pools) {
      for (const how of ['number', 'string'] as const) {
        expect(await pool.run(keyed, 100, how)).toBe(true)
        expect(await pool.run(keyed, 50_000, how)).toBe(true)
      }
    }
    expect(sortBy([3, Number.NaN, -0, 0, -1], x => x)).toEqual([-1, -0, 0, 3, Number.NaN])
    expect(sortBy([], () => 0)).toEqual([])
    expect(() => sortBy([1, 2], x => (x === 1 ? 'a' : 2) as never)).toThrow(/element 1/)
  })
})

describe('an algorithm', () => {
  it.each([
    'array',
    'typed',
    'sortBy',
    'scan',
    'pack',
    'partition',
    'stencil',
    'chunkBy',
    'reduce',
    'groupBy',
    'countBy',
    'walkTree',
  ])('says at every length which variable its function cannot see: %s', async what => {
    for (const pool of pools) {
      for (const count of [3, 100_000]) {
        await expect(pool.run(unseen, count, what)).rejects.toMatchObject({
          code: 'ERR_FILCH_FREE_VARIABLE',
          message: expect.stringMatching(/^dir is not known .* task/) as string,
        })
      }
    }
  })
})
