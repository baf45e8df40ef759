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

/** A home that publishes one slot twice, and takes the first publication back if it still can; claimers that come late. */
export const model: Model = structure<typeof slots>({
  path: 'scheduler/slot.ts',
  scenarios: m => {
    const home = (words: Words) => {
      const arena = arenaOf(words)
      const publish = (job: number): void => {
        words[SLOT + m.PAYLOAD] = job
        const word = words[SLOT + m.STATE]!
        words[SLOT + m.STATE] = m.withState(word, m.PUBLISHED, 0)
        store(words, REF, m.refOf(SLOT, word))
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
        for (const job of [1, 2]) {
          publish(job)
          ends.push(end())
        }
        return ends
      }
    }
    const claimer = (seat: number) => (words: Words) => {
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
        ok(job === 1 || job === 2, `ran ${job}`)
        ok((ref === m.refOf(SLOT, 0)) === (job === 1), `ref of another publication than that of job ${job}`)
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
    const scenario = (claimers: number, dies = false): Scenario => ({
      words: SLOT + GRANULE,
      prepare: words => m.prepareSlot(arenaOf(words), SLOT, 0, CHAIN),
      threads: [home, ...Array.from({ length: claimers }, (_, i) => claimer(i + 1)), ...(dies ? [undertaker] : [])],
      ...(dies ? { victim: 1 } : {}),
      // Home's own plain look at its slot's state before the exchange that decides.
      mayRace: at => at === SLOT + m.STATE,
      check: ({ results, died }) => {
        if (died) {
          const ends = results[0] as (number | undefined)[]
          for (const [i, end] of ends.entries())
            ok(end === undefined || end === LOST || end === (i + 1) * 100, `result ${end}`)
          strictEqual(ends.length, 2, 'home goes on')
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
      'the claimer dies': scenario(1, true),
      'one of two claimers dies': scenario(2, true),
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
    'a release by a plain write': [
      [
        '  store(arena.words, slot + STATE, nextGeneration(arena.words[slot + STATE]!))',
        '  arena.words[slot + STATE] = withState(nextGeneration(arena.words[slot + STATE]!), FREE, 0) - 8',
      ],
    ],
  },
})
