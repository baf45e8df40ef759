import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import type * as slots from '../../../src/scheduler/slot.ts'
import { GRANULE } from '../../../src/memory/arena.ts'
import type { Scenario } from '../explore.ts'
import { arenaOf, type Model, structure } from '../model.ts'
import { load, notify, store, wait, type Words } from '../seam.ts'

const CHAIN = 0
const REF = 1
const SLOT = GRANULE
const LOST = -7
/** A state word of the last generation there is: the next is 0 again. */
const LAST_GENERATION = -1 << 12
/** More publications than two bits of generation tell apart. */
const LATE_JOBS = 6

/** A home that publishes one slot twice, and takes the first publication back if it still can; claimers that come late. */
export const model: Model = structure<typeof slots>({
  path: 'scheduler/slot.ts',
  scenarios: m => {
    const home = (jobs: number, late: boolean) => (words: Words) => {
      const arena = arenaOf(words)
      const publish = (job: number): void => {
        words[SLOT + m.PAYLOAD] = job
        const word = words[SLOT + m.STATE]!
        words[SLOT + m.STATE] = m.withState(word, m.PUBLISHED, 0)
        if (!late || job === 1) store(words, REF, m.refOf(SLOT, word))
      }
      const end = (): number | undefined => {
        const word = words[SLOT + m.STATE]!
        if (m.stateOf(word) === m.PUBLISHED && m.takeBack(arena, SLOT, word)) return undefined
        for (;;) {
          const now = load(words, SLOT + m.STATE)
          if (m.stateOf(now) > m.CLAIMED) break
          wait(words, SLOT + m.STATE, now, Infinity)
        }
        const result = words[SLOT + m.PAYLOAD]!
        m.release(arena, SLOT)
        return result
      }
      return () => {
        const ends: (number | undefined)[] = []
        for (let job = 1; job <= jobs; job++) {
          publish(job)
          ends.push(end())
        }
        return ends
      }
    }
    const claimer = (seat: number, start: number) => (words: Words) => {
      const arena = arenaOf(words)
      return () => {
        const ran: number[] = []
        // What a deque would still show: the publication of some moment.
        const ref = load(words, REF)
        if (ref === 0) return ran
        const slot = m.slotOf(arena, ref)
        const word = load(words, slot + m.STATE)
        if (m.stateOf(word) !== m.PUBLISHED || !m.names(ref, word) || !m.claim(arena, slot, word, seat)) return ran
        const job = words[slot + m.PAYLOAD]!
        ok((ref === m.refOf(SLOT, start)) === (job === 1), `ref of another publication than that of job ${job}`)
        ran.push(job)
        words[slot + m.PAYLOAD] = job * 100
        store(words, slot + m.STATE, m.withState(word, m.DONE, seat))
        notify(words, slot + m.STATE, Infinity)
        return ran
      }
    }
    /** Fails what the dead one had claimed (scheduler/repair.ts). */
    const undertaker = (words: Words) => () => {
      const word = load(words, SLOT + m.STATE)
      if (m.stateOf(word) === m.CLAIMED && m.seatOf(word) === 1) {
        words[SLOT + m.PAYLOAD] = LOST
        store(words, SLOT + m.STATE, m.withState(word, m.FAILED, 0))
      }
      // The dead one may have been about to.
      notify(words, SLOT + m.STATE, Infinity)
    }
    /** `late`: all that claimers ever see is the ref of the first publication. `start`: the state word before it. */
    const scenario = (claimers: number, { dies = false, jobs = 2, late = false, start = 0 } = {}): Scenario => ({
      words: SLOT + GRANULE,
      prepare: words => {
        m.prepareSlot(arenaOf(words), SLOT, 0, CHAIN)
        words[SLOT + m.STATE] = start
      },
      threads: [
        home(jobs, late),
        ...Array.from({ length: claimers }, (_, i) => claimer(i + 1, start)),
        ...(dies ? [undertaker] : []),
      ],
      ...(dies ? { victim: 1 } : {}),
      // Home's own plain look at its slot's state before the exchange that decides.
      mayRace: at => at === SLOT + m.STATE,
      check: ({ results, died }) => {
        if (died) {
          const ends = results[0] as (number | undefined)[]
          for (const [i, end] of ends.entries())
            ok(end === undefined || end === LOST || end === (i + 1) * 100, `result ${end}`)
          strictEqual(ends.length, jobs, 'home goes on')
          return
        }
        const [ends, ...ran] = results as [(number | undefined)[], ...(number[] | undefined)[]]
        const expected = ends.flatMap((end, i) => (end === undefined ? [] : [i + 1]))
        deepStrictEqual(
          ran.flatMap(jobs => jobs ?? []).toSorted((x, y) => x - y),
          expected,
          'claimed once and joined, or taken back',
        )
        for (const [i, end] of ends.entries()) ok(end === undefined || end === (i + 1) * 100, `result ${end}`)
      },
      name: at =>
        at === REF ? 'ref' : at === SLOT + m.STATE ? 'state' : at === SLOT + m.PAYLOAD ? 'payload' : `word ${at}`,
    })
    return {
      'one claimer': scenario(1),
      'two claimers': scenario(2),
      'three claimers': { ...scenario(3), large: true },
      'the claimer dies': scenario(1, { dies: true }),
      'two claimers, generation at its end': scenario(2, { start: LAST_GENERATION }),
      'a claimer that comes late': scenario(1, { jobs: LATE_JOBS, late: true }),
      'a claimer that comes late, generation at its end': scenario(1, {
        jobs: LATE_JOBS,
        late: true,
        start: LAST_GENERATION,
      }),
      'one of two claimers dies': scenario(2, { dies: true }),
    }
  },
  faults: {
    'a claim by a store': [
      [
        'return replace(arena.words, slot + STATE, word, withState(word, CLAIMED, seat))',
        'store(arena.words, slot + STATE, withState(word, CLAIMED, seat))\n  return true',
      ],
    ],
    'taken back by a store': [
      [
        'return replace(arena.words, slot + STATE, word, nextGeneration(word))',
        'store(arena.words, slot + STATE, nextGeneration(word))\n  return true',
      ],
    ],
    'a release leaves the generation': [
      [
        'store(arena.words, slot + STATE, nextGeneration(arena.words[slot + STATE]!))',
        'store(arena.words, slot + STATE, withState(arena.words[slot + STATE]!, FREE, 0))',
      ],
    ],
    'taking back leaves the generation': [
      [
        'return replace(arena.words, slot + STATE, word, nextGeneration(word))',
        'return replace(arena.words, slot + STATE, word, withState(word, FREE, 0))',
      ],
    ],
    'any ref names any publication': [
      ['return ref >>> GRANULE_BITS === ((word >>> GENERATION_SHIFT) & TAG_MASK)', 'return ref !== 0 && word !== 0'],
    ],
    'a ref holds one bit of the generation': [
      ['const TAG_MASK = (1 << (32 - GRANULE_BITS)) - 1', 'const TAG_MASK = 0'],
    ],
    'a ref holds two bits of the generation': [
      ['const TAG_MASK = (1 << (32 - GRANULE_BITS)) - 1', 'const TAG_MASK = (1 << 2) - 1'],
    ],
    'a generation of two bits': [
      [
        'return ((word >>> GENERATION_SHIFT) + 1) << GENERATION_SHIFT',
        'return (((word >>> GENERATION_SHIFT) + 1) & 3) << GENERATION_SHIFT',
      ],
    ],
    'a release by a plain write': [
      [
        '  store(arena.words, slot + STATE, nextGeneration(arena.words[slot + STATE]!))',
        '  arena.words[slot + STATE] = withState(nextGeneration(arena.words[slot + STATE]!), FREE, 0) - 8',
      ],
    ],
  },
})
