import { ok, strictEqual } from 'node:assert/strict'

import type * as holders from '../../../src/lockfree/holders.ts'
import type { Scenario } from '../explore.ts'
import { arenaOf, type Model, structure } from '../model.ts'
import { load, notify, store, wait, type Words } from '../seam.ts'

const FLIGHT = 0
const MOVES = 1
/** Somebody has seen that nobody holds it. */
const GONE = 2
/** What was sent to each of the threads. */
const MAIL = 3
const SEATS = 8
/** Two words of seats, so that a hold can pass from one that is read late to one that is read early, and back. */
const GROUPS = 2
const seat = (thread: number): number => (thread % 2) * 32 + (thread >> 1)

const gone = (words: Words, isIt: boolean): void => {
  if (isIt) store(words, GONE, 1)
}
const send = (words: Words, all: holders.Holders, to: number): void => {
  all.depart()
  store(words, MAIL + to, 1)
  notify(words, MAIL + to, Infinity)
}
const base = (starts: readonly number[]) => ({
  words: SEATS + GROUPS,
  prepare: (words: Words) => {
    for (const thread of starts) words[SEATS + (seat(thread) >> 5)]! |= 1 << (seat(thread) & 31)
  },
  name: (at: number) =>
    at < MAIL ? ['flight', 'moves', 'gone'][at]! : at < SEATS ? `mail ${at - MAIL}` : `seats ${at - SEATS}`,
})

/** Holds that are sent from seat to seat. Whoever holds says that it is not gone; who sees the last one end says that it is. */
export const model: Model = structure<typeof holders>({
  path: 'lockfree/holders.ts',
  scenarios: ({ Holders }) => {
    const make = (words: Words): holders.Holders => new Holders(arenaOf(words), SEATS, GROUPS, FLIGHT, MOVES)
    /** `me` holds it from the beginning if it is 0, else gets it; then it sends it to others and lets go. */
    const holder = (me: number, to: readonly number[], fromStart: boolean) => (words: Words) => {
      const all = make(words)
      return () => {
        if (!fromStart) {
          if (load(words, MAIL + me) === 0) wait(words, MAIL + me, 0, Infinity)
          all.join(seat(me))
          gone(words, all.arrive())
        }
        strictEqual(load(words, GONE), 0, 'it is gone, and somebody holds it')
        for (const other of to) send(words, all, other)
        strictEqual(load(words, GONE), 0, 'it is gone, and somebody holds it')
        gone(words, all.leave(seat(me)))
      }
    }
    const undertaker = (victim: number) => (words: Words) => {
      const all = make(words)
      return () => gone(words, all.bury(seat(victim)))
    }
    const scenario = (starts: readonly number[], ways: readonly (readonly number[])[]): Scenario => ({
      ...base(starts),
      threads: ways.map((to, me) => holder(me, to, starts.includes(me))),
      check: ({ memory }) => strictEqual(memory[GONE], 1, 'nobody holds it, and nobody has seen that'),
    })
    return {
      'one sends to another': scenario([0], [[1], []]),
      'two hold it and let go': scenario([0, 1], [[], []]),
      'it goes from a late word to an early one': scenario([1], [[], [0]]),
      'it goes there while another lets go': scenario([1, 2], [[], [0], []]),
      'a holder dies': {
        ...base([0, 1]),
        threads: [holder(0, [], true), holder(1, [], true), undertaker(0)],
        victim: 0,
        check: ({ memory }) => ok(memory[GONE] === 1, 'nobody holds it, and nobody has seen that'),
      },
    }
  },
  faults: {
    'leave only clears': [
      [
        '    return this.none()\n  }\n\n  /** A seat that holds it sends it',
        '    return false\n  }\n\n  /** A seat that holds it sends it',
      ],
    ],
    'none does not look whether anything moved': [
      ['if (load(words, this.#moves) === moves) return true', 'if (moves !== -1) return true'],
    ],
    'none overlooks what is in flight': [['      if (load(words, this.#flight) !== 0) return false\n', '']],
    'depart does not count (I3)': [
      ['    add(words, this.#flight, 1)\n    add(words, this.#moves, 1)\n', '    add(words, this.#flight, 1)\n'],
    ],
    'the dead are not looked after': [['    return this.leave(seat)\n', '    return seat < 0\n']],
    'the dead have looked': [
      [
        '    return this.leave(seat)\n',
        '    return (load(this.#arena.words, this.#seats + (seat >> 5)) & (1 << (seat & 31))) !== 0 && this.leave(seat)\n',
      ],
    ],
  },
})
