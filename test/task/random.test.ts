import { describe as group, expect, it } from 'vitest'

import { audited } from '../pool/audit.ts'
import { cells, fib } from '../pool/basic.tasks.ts'
import { settled } from '../pool/settle.ts'
import { random } from '../soak/part.ts'
import { SOLO } from '../support/mode.ts'
import { SEED } from '../support/seed.ts'
import { describe, expected, outcome, program } from './program.ts'
import { execute, stormy } from './random.tasks.ts'

const PROGRAMS = Number(process.env['FILCH_PROGRAMS'] ?? 2500)
const THREADS = [0, 1, 2, 3, 8]

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
    if (threads > 1 && !SOLO) expect(pool.stats().steals).toBeGreaterThan(rounds)
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
