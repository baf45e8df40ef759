import { deepStrictEqual, ok } from 'node:assert/strict'

import type * as rings from '../../../src/lockfree/ring.ts'
import type { Scenario } from '../explore.ts'
import { arenaOf, type Model, structure } from '../model.ts'
import { notify, replace, store, wait, type Words } from '../seam.ts'

const TAIL = 0
const TAKEN = 1
const ASLEEP = 2
const WANTED = 3
/** The bells of receiver and senders. */
const BELL = 4
const PLACES = 8
const NOTES = 16
const END = 15
const record = (n: number): number => n * 8

const rouse = (words: Words, bell: number): void => {
  if (replace(words, bell, 1, 0)) notify(words, bell, Infinity)
}

/** Senders that wait for room, and a receiver that waits for them, on a ring of one or two places. */
export const model: Model = structure<typeof rings>({
  path: 'lockfree/ring.ts',
  // Indices come round.
  small: [['const LAPS = 2 ** 30', 'const LAPS = 6']],
  scenarios: ({ Ring }) => {
    const make = (words: Words, count: number): rings.Ring =>
      new Ring(arenaOf(words), PLACES, count, { tail: TAIL, taken: TAKEN, asleep: ASLEEP, wanted: WANTED })
    const sender = (count: number, bell: number, numbers: readonly number[]) => (words: Words) => {
      const ring = make(words, count)
      return () => {
        const sent: number[] = []
        for (const n of numbers) {
          words[NOTES + n] = n
          for (;;) {
            let done = ring.push(record(n))
            if (done === false) {
              store(words, bell, 1)
              ring.want()
              done = ring.push(record(n))
              if (done === false) wait(words, bell, 1, Infinity)
              store(words, bell, 0)
            }
            if (done === false) continue
            if (done === undefined) return sent
            if (ring.arouse()) rouse(words, BELL)
            sent.push(n)
            break
          }
        }
        return sent
      }
    }
    const undertaker = (count: number) => (words: Words) => {
      const send = sender(count, BELL + 3, [END])(words)
      return () => {
        // Whether or not the dead one was about to: the repair rouses everybody.
        store(words, BELL, 0)
        notify(words, BELL, Infinity)
        send()
      }
    }
    const receiver = (count: number, messages: number, senders: number) => (words: Words) => {
      const ring = make(words, count)
      return () => {
        const got: number[] = []
        for (;;) {
          while (ring.holds(0)) {
            const n = ring.take() / 8
            got.push(words[NOTES + n]!)
            if (ring.invite()) for (let i = 1; i <= senders; i++) rouse(words, BELL + i)
          }
          if (got.length >= messages || got.includes(END)) return got
          store(words, BELL, 1)
          ring.nap()
          if (!ring.holds(0)) wait(words, BELL, 1, Infinity)
          store(words, BELL, 0)
        }
      }
    }
    const closer = (count: number) => (words: Words) => {
      const ring = make(words, count)
      return () => {
        const got: number[] = []
        if (ring.holds(0)) got.push(ring.take() / 8)
        ring.shut(at => got.push(at / 8))
        for (let i = 1; i <= 2; i++) {
          store(words, BELL + i, 0)
          notify(words, BELL + i, Infinity)
        }
        return got
      }
    }
    const base = (count: number, from: number) => ({
      words: NOTES + 16,
      prepare: (words: Words) => make(words, count).initialise(from),
      // A hint (I2), and places, which the exchange or a load confirms.
      mayRace: (at: number) => at === TAIL || (at >= PLACES && at < PLACES + count),
      name: (at: number) =>
        at < BELL
          ? ['tail', 'taken', 'asleep', 'wanted'][at]!
          : at < PLACES
            ? `bell ${at - BELL}`
            : at < NOTES
              ? `place ${at - PLACES}`
              : `note ${at - NOTES}`,
    })
    const scenario = (count: number, from: number, sent: readonly (readonly number[])[], dies = false): Scenario => ({
      ...base(count, from),
      threads: [
        receiver(count, sent.flat().length, sent.length + (dies ? 2 : 0)),
        ...sent.map((numbers, i) => sender(count, BELL + 1 + i, numbers)),
        ...(dies ? [undertaker(count)] : []),
      ],
      ...(dies ? { victim: 1 } : {}),
      check: ({ results, died }) => {
        const got = results[0] as number[]
        if (died) {
          const before = got.filter(n => n !== END)
          deepStrictEqual(before, sent[0]!.slice(0, before.length), 'what the dead one sent, in its order')
          return
        }
        ok(got.length === sent.flat().length, 'each once')
        for (const numbers of sent)
          deepStrictEqual(
            got.filter(n => numbers.includes(n)),
            numbers,
            'order of a sender',
          )
      },
    })
    return {
      'one place, one sender': scenario(1, 0, [[1, 2]]),
      'one place, indices come round': scenario(1, 5, [[1, 2]]),
      'two places, one sender of three': { ...scenario(2, 4, [[1, 2, 3]]), long: 'buffered' },
      'one place, two senders': { ...scenario(1, 0, [[1], [2]]), long: 'altogether' },
      'two places, two senders': { ...scenario(2, 5, [[1], [2]]), long: 'altogether' },
      'the sender dies': scenario(1, 0, [[1]], true),
      'it is shut': {
        ...base(2, 0),
        threads: [closer(2), sender(2, BELL + 1, [1, 2])],
        check: ({ results }) => deepStrictEqual(results[0], results[1], 'what was not refused came out'),
      },
    }
  },
  faults: {
    'push stores': [
      [
        'if (words[at] === empty && replace(words, at, empty, record)) {',
        'if (words[at] === empty) {\n        store(words, at, record)',
      ],
    ],
    'push looks at the place before it looks how far the receiver is (full, or filled?)': [
      [
        'const taken = load(words, this.#taken)\n      const word = load(words, at)',
        'const word = load(words, at)\n      const taken = load(words, this.#taken)',
      ],
    ],
    'take empties for the same lap': [
      ['this.#emptyOf(next >= this.#end ? next - this.#end : next)', 'this.#emptyOf(index)'],
    ],
    'take counts before it empties (I3)': [
      [
        '    replace(words, at, record, this.#emptyOf(next >= this.#end ? next - this.#end : next))\n    store(words, this.#taken, this.#after(index))',
        '    store(words, this.#taken, this.#after(index))\n    replace(words, at, record, this.#emptyOf(next >= this.#end ? next - this.#end : next))',
      ],
    ],
    'nobody is invited': [
      ['return load(words, this.#wanted) !== 0 && exchange', 'return words.length === 0 && exchange'],
    ],
    'nobody is aroused': [
      ['return load(words, this.#asleep) !== 0 && exchange', 'return words.length === 0 && exchange'],
    ],
    'shut passes over what is empty': [
      [
        'const record = exchange(words, this.#places + ((taken + i) % this.#count), SHUT)',
        'const place = this.#places + ((taken + i) % this.#count)\n      if ((load(words, place) & KIND) !== 0) continue\n      const record = exchange(words, place, SHUT)',
      ],
    ],
  },
})
