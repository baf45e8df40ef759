import * as fc from 'fast-check'
import { par, Pool } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { wild } from '../support/wild.ts'
import { chain, type End, ends, oracle, steps } from './chain.tasks.ts'

const THREADS = [0, 1, 2, 3, 8]
const pools = THREADS.map(threads => new Pool({ threads }))
afterAll(() => Promise.all(pools.map(pool => pool.close())))

const values = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -100, max: 100 }) },
  { weight: 4, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, -0, 0, Infinity, -Infinity) },
)

/** Short and full of oddities, or long enough for leaves and thieves. */
const source = fc.oneof(
  fc.array(values, { maxLength: 40 }),
  fc
    .tuple(fc.array(values, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 9000 }))
    .map(([pattern, length]) => Array.from({ length }, (_, i) => pattern[i % pattern.length]! + (i % 7))),
)

/** Sums are associated otherwise than by the array's method. */
function close(found: unknown, wanted: unknown): boolean {
  if (typeof found !== 'number' || typeof wanted !== 'number') return false
  return (
    Object.is(found, wanted) || found === wanted || Math.abs(found - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted))
  )
}

describe('a chain', () => {
  it('comes to what the methods of arrays come to, the same on any number of workers', async () => {
    await fc.assert(
      fc.asyncProperty(
        source,
        fc.array(fc.constantFrom(...steps), { maxLength: 4 }),
        fc.constantFrom<End>(...ends),
        fc.boolean(),
        async (xs, taken, end, typed) => {
          // A sum of what is huge and what is tiny depends on who is added first.
          const given = ['sum', 'reduce'].includes(end) ? xs.map(x => (Number.isFinite(x) ? Math.round(x) : 0)) : xs
          const input = typed ? new Float64Array(given) : given
          const found = await Promise.all(pools.map(pool => pool.run(chain, input, taken, end)))
          for (const other of found) expect(other).toStrictEqual(found[0])
          const wanted = oracle(given, taken, end)
          if (!close(found[0], wanted)) expect(found[0]).toStrictEqual(wanted)
        },
      ),
      { numRuns: 300 },
    )
    expect(pools.slice(2).every(pool => pool.stats().steals > 100)).toBe(true)
  }, 120_000)

  it.each(['sum', 'product', 'reduce', 'fold', 'text'] as const)('%s of floats has the same bits', async end => {
    const xs = Float64Array.from({ length: 30_000 }, (_, i) => wild(i))
    for (const length of [0, 1, 1023, 1024, 1025, 30_000]) {
      const part = xs.slice(0, length)
      const [first, ...others] = await Promise.all(pools.map(pool => pool.run(chain, part, ['index'], end)))
      for (const other of others) expect(other).toStrictEqual(first)
    }
  })
})

it('refuses variables that cannot cross, whether or not anybody helps', () => {
  const refused = expect.objectContaining({ name: 'NotSendableError' })
  const given: readonly unknown[] = [
    (x: number) => x,
    class {},
    Symbol('s'),
    new (class Point {})(),
    new Proxy(new Map(), {}),
    new WeakMap(),
  ]
  for (const f of given) expect(() => par(10).with({ f } as never)).toThrow(refused)
  expect(() => par(10).with({ f: given[0] } as never)).toThrow('with({ f })')
})
