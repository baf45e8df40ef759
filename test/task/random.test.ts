import { describe as group, expect, it } from 'vitest'

import { audited } from '../pool/audit.ts'
import { cells, fib } from '../pool/basic.tasks.ts'
import { settled } from '../pool/settle.ts'
import { SEED } from '../support/seed.ts'
import { describe, digest, execute, mix, problem, type Program, stormy } from './random.tasks.ts'

const PROGRAMS = Number(process.env['FILCH_PROGRAMS'] ?? 2500)

const THREADS = [0, 1, 2, 3, 8]

type Random = (below: number) => number

/** mulberry32 */
function random(seed: number): Random {
  let state = seed | 0
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const values: readonly ((r: Random) => unknown)[] = [
  r => r(1000) - 500,
  r => r(1000) / 7,
  () => -0,
  () => Number.NaN,
  () => null,
  () => undefined,
  r => r(2) === 0,
  r => BigInt(r(1000)) ** 9n,
  r => 'ab\u{1f600}'.repeat(r(40)),
  r => Array.from({ length: r(30) }, () => r(100)),
  r => ({ a: r(10), b: [{ c: 'x' }, undefined], ['__proto__']: 1 }),
  r =>
    new Map<unknown, unknown>([
      [r(9), 'nine'],
      ['set', new Set([r(3)])],
    ]),
  r => new Date(r(1e9)),
  () => /a.c/giu,
  r => new Float64Array([r(10), 0.5]),
  // oxlint-disable-next-line no-sparse-arrays -- holes stay holes
  () => [1, , 3],
  r => ['long'.repeat(r(2000)), { deep: [[[[[r(5)]]]]] }],
]

/** A program of about `size` leaves, numbered from `next.at` on. */
function program(r: Random, size: number, errors: boolean, next: { at: number }): Program {
  if (size <= 1) {
    const at = next.at++
    if (errors && r(8) === 0) return { kind: 'throw', at, what: r(60) }
    return { kind: 'leaf', at, value: values[r(values.length)]!(r), spin: r(4) === 0 ? r(3000) : 0 }
  }
  const parts: Program[] = []
  let left = size
  while (left > 0) {
    const share = 1 + r(left)
    // Not the program itself again.
    parts.push(program(r, Math.min(share, size - 1), errors, next))
    left -= share
  }
  const kinds = ['fork', 'fork', 'generic', 'all', 'scope', 'mixed', 'catch', 'abandon'] as const
  return { kind: kinds[r(errors ? 8 : 7)]!, parts }
}

class Thrown {
  readonly error: unknown
  constructor(error: unknown) {
    this.error = error
  }
}

/** What a program gives, without a task: its hash, or what it throws first in the order of a sequential program. */
function expected(program: Program): number {
  switch (program.kind) {
    case 'leaf':
      return digest(program.value)
    case 'throw':
      throw new Thrown(problem(program.what))
    case 'fork':
      return newestFirst(program.parts, 1)
    case 'generic':
      return newestFirst(program.parts, 2)
    case 'all':
      return program.parts.map(expected).reduce(mix, 3)
    case 'mixed':
      return program.parts.reduceRight(
        (hash, part, i) => mix(hash, i % 2 === 0 ? expected(part) : newestFirst([part], 1)),
        4,
      )
    case 'scope':
      return mix(
        5,
        program.parts.map(expected).reduce((sum, hash) => (sum + hash) | 0, 0),
      )
    case 'catch':
      try {
        return mix(6, newestFirst(program.parts, 1))
      } catch (thrown) {
        return mix(7, digest(describe((thrown as Thrown).error)))
      }
    default:
      return mix(8, expected(program.parts[0]!))
  }
}

function newestFirst([first, ...others]: readonly Program[], seed: number): number {
  return others.reduceRight((hash, part) => mix(hash, expected(part)), mix(seed, expected(first!)))
}

function outcome(act: () => number): unknown {
  try {
    return { value: act() }
  } catch (thrown) {
    return { error: describe(thrown instanceof Thrown ? thrown.error : thrown) }
  }
}

group.for(THREADS)('with %s threads', threads => {
  it(`random programs give what they give one step after the other (seed ${SEED})`, { timeout: 600_000 }, async () => {
    const { pool, live } = audited({ threads, immutability: threads === 3 ? 'copy' : 'freeze' })
    const rounds = Math.ceil(PROGRAMS / THREADS.length)
    const BATCH = 10
    for (let from = 0; from < rounds; from += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, rounds - from) }, (_, i) => {
        const seed = SEED + (from + i) * THREADS.length + threads
        const r = random(seed)
        const errors = r(2) === 0
        const next = { at: 0 }
        const made = program(r, 1 + r(60), errors, next)
        return { seed, errors, made, shared: cells(next.at) }
      })
      // Some at once, in the threads and with the caller's help.
      const runs = batch.map(({ made, shared }) => settled(pool.run(execute, shared, made), 20_000))
      const sync = batch[0]!
      const again = cells(sync.shared.length)
      expect(
        outcome(() => pool.runSync(execute, again, sync.made)),
        `seed ${sync.seed}, runSync`,
      ).toEqual(outcome(() => expected(sync.made)))
      const ends = await Promise.all(runs)
      for (const [i, { seed, errors, made, shared }] of batch.entries()) {
        const end = ends[i]!
        const got = typeof end === 'object' && 'error' in end ? { error: describe(end.error) } : end
        expect(got, `seed ${seed}`).toEqual(outcome(() => expected(made)))
        // No leaf runs twice; without errors, each runs.
        const times = [...shared].filter(cell => (errors ? cell > 1 : cell !== 1))
        expect(times, `seed ${seed}`).toEqual([])
      }
      expect(live()).toBe(0)
    }
    expect(await pool.run(fib, 15)).toBe(610)
    if (threads > 1) expect(pool.stats().steals).toBeGreaterThan(rounds)
    await pool.close()
  })
})

it.for([0, 1, 2, 3])(
  'a million forks with errors at random places: all counted, no slot lost (%s threads)',
  async threads => {
    const { pool, live, used } = audited({ threads })
    try {
      const shared = cells(1)
      const before = pool.stats().forks
      let settledAt = 0
      for (let round = 0; shared[0]! < 250_000; round++) {
        await settled(pool.run(stormy, shared, 13, SEED + round))
        expect(pool.stats().forks - before).toBe(shared[0])
        expect(live()).toBe(0)
        if (shared[0]! < 125_000) settledAt = used()
      }
      // What the second half needs was there after the first, save what other interleavings may want at once.
      expect(used() - settledAt).toBeLessThan(64 * 1024)
      expect(await pool.run(fib, 15)).toBe(610)
    } finally {
      await pool.close()
    }
  },
)
