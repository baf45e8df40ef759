import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import type * as chains from '../../../src/lockfree/chain.ts'
import type { Scenario } from '../explore.ts'
import { arenaOf, type Model, structure } from '../model.ts'
import { exchange, load, notify, replace, store, wait, type Words } from '../seam.ts'

const HEAD = 0
const FRONT = 1
const BELL = 2
/** A cell that its receiver has given back. */
const SPARE = 3
/** Whose turn it is to receive. */
const TURN = 4
const SIZE = 8
const PREV = 0
const NEXT = 1
const PAYLOAD = 4
/** Of a cell. */
const PLACES = 3

/** Sent once somebody has died. */
const END = 99
const cell = (n: number): number => (n + 1) * SIZE
const DUMMY = cell(0)

const rouse = (words: Words): void => {
  if (replace(words, BELL, 1, 0)) notify(words, BELL, Infinity)
}

/** Senders, and a receiver that sleeps beside an empty queue. */
export const model: Model = structure<typeof chains>({
  path: 'lockfree/chain.ts',
  scenarios: ({ cellOf, Chain, CLOSED, placeAfter, placeOf, REFUSED, RING }) => {
    /** Where a message is. */
    const payload = (message: number): number => cellOf(message) + PAYLOAD + placeOf(message)
    const make = (words: Words): chains.Chain => new Chain(arenaOf(words), HEAD, FRONT, PREV, NEXT)
    /** What it has sent, in its order. `thrifty`: uses a cell that was given back if there is one. `dense`: adds to its last cell where it can. */
    const sender =
      (numbers: readonly number[], thrifty: boolean, dense = false) =>
      (words: Words) => {
        const chain = make(words)
        return () => {
          const sent: number[] = []
          let last = 0
          for (const n of numbers) {
            if (dense && last !== 0 && placeOf(last) + 1 < PLACES && chain.endsWith(last)) {
              words[payload(placeAfter(last))] = n
              if (chain.extend(last)) {
                last = placeAfter(last)
                sent.push(n)
                continue
              }
            }
            const at = (thrifty && exchange(words, SPARE, 0)) || cell(n)
            words[at + PAYLOAD] = n
            last = at
            const answer = chain.push(at)
            if (answer === RING) rouse(words)
            if (answer !== REFUSED) sent.push(n)
          }
          return sent
        }
      }
    const undertaker = (n: number) => (words: Words) => {
      const chain = make(words)
      return () => {
        words[cell(n) + PAYLOAD] = END
        chain.push(cell(n))
        // Whether or not the dead one was about to.
        store(words, BELL, 0)
        notify(words, BELL, Infinity)
      }
    }
    const receiver =
      (count: number, leaves = 0) =>
      (words: Words) => {
        const chain = make(words)
        return () => {
          const got: number[] = []
          if (leaves < 0) while (load(words, TURN) === 0) wait(words, TURN, 0, Infinity)
          chain.attach()
          for (;;) {
            while (chain.count(0) > 0 && got.length < count) {
              const before = chain.taken
              const message = chain.take()
              got.push(words[payload(message)]!)
              if (cellOf(message) === cellOf(before)) continue
              // Those that were read: a sender that has not heard of it yet may be about to write the place after them.
              for (let place = 0; place <= placeOf(before); place++) words[cellOf(before) + PAYLOAD + place] = -1
              exchange(words, SPARE, cellOf(before))
            }
            if (got.length >= count || got.includes(END)) break
            store(words, BELL, 1)
            const head = chain.nap()
            if (chain.isEmpty(head)) wait(words, BELL, 1, Infinity)
            else chain.relink()
            store(words, BELL, 0)
          }
          if (leaves > 0) {
            store(words, TURN, 1)
            notify(words, TURN, Infinity)
          }
          return got
        }
      }
    /** Ends the channel, after a receiver who dropped it or died. */
    const heir = (words: Words) => {
      const chain = make(words)
      return () => {
        chain.attach()
        chain.mark(CLOSED)
        chain.relink()
        const got: number[] = []
        while (chain.count(0) > 0) got.push(words[payload(chain.take())]!)
        return got
      }
    }
    const base = {
      prepare: (words: Words) => {
        words[HEAD] = words[FRONT] = DUMMY
      },
      // The plain looks of `push`, `count` and `nap`, which an exchange or a load confirms.
      mayRace: (at: number) => at === HEAD,
      name: (at: number) =>
        at < SIZE ? (['head', 'front', 'bell', 'spare', 'turn'][at] ?? '') : `cell ${(at >> 3) - 1} word ${at & 7}`,
    }
    const scenario = (
      sent: readonly (readonly number[])[],
      dies = false,
      thrifty = false,
      dense = false,
    ): Scenario => ({
      ...base,
      words: cell(sent.flat().length + 2),
      threads: [
        receiver(sent.flat().length),
        ...sent.map(numbers => sender(numbers, thrifty, dense)),
        ...(dies ? [undertaker(sent.flat().length + 1)] : []),
      ],
      ...(dies ? { victim: 1 } : {}),
      check: ({ results, died }) => {
        const got = results[0] as number[]
        if (died) {
          const before = got.filter(n => n !== END)
          deepStrictEqual(before, sent[0]!.slice(0, before.length), 'what the dead one sent, in its order')
          return
        }
        deepStrictEqual(
          got.toSorted((a, b) => a - b),
          sent.flat().toSorted((a, b) => a - b),
          'each once',
        )
        for (const numbers of sent)
          deepStrictEqual(
            got.filter(n => numbers.includes(n)),
            numbers,
            'order of a sender',
          )
      },
    })
    return {
      'one sender, three messages': scenario([[1, 2, 3]]),
      'two senders': scenario([[1], [2]]),
      'one sender that uses cells again': scenario([[1, 2, 3]], false, true),
      'one sender that adds to its cell': scenario([[1, 2, 3]], false, false, true),
      'one sender that adds to cells that it uses again': scenario([[1, 2, 3, 4]], false, true, true),
      'two senders that add to their cells': {
        ...scenario([[1, 2], [3]], false, false, true),
        long: 'altogether',
        share: 20,
      },
      'the sender dies': scenario([[1, 2]], true),
      'the sender dies while it adds to its cell': scenario([[1, 2]], true, false, true),
      'the receiver moves': {
        ...base,
        words: cell(4),
        threads: [receiver(1, 1), sender([1, 2], false), receiver(1, -1)],
        check: ({ results }) => deepStrictEqual([results[0], results[2]], [[1], [2]]),
      },
      'the receiver moves while its sender adds to a cell': {
        ...base,
        words: cell(4),
        threads: [receiver(1, 1), sender([1, 2], false, true), receiver(1, -1)],
        check: ({ results }) => deepStrictEqual([results[0], results[2]], [[1], [2]]),
      },
      'the receiver dies': {
        ...base,
        words: cell(4),
        threads: [receiver(2), sender([1, 2], false), heir],
        victim: 0,
        check: ({ results, died }) => {
          if (!died) return
          const sent = results[1] as number[]
          const got = results[2] as number[]
          ok(got.length <= sent.length)
          deepStrictEqual(got, sent.slice(sent.length - got.length), 'what was sent and not taken')
        },
      },
      'the receiver closes': {
        ...base,
        words: cell(4),
        threads: [heir, sender([1, 2], false, true)],
        check: ({ results }) => {
          deepStrictEqual(results[0], results[1], 'what was not refused')
          strictEqual((results[1] as number[]).includes(2) && !(results[1] as number[]).includes(1), false)
        },
      },
    }
  },
  faults: {
    'push stores the head': [
      ['if (replace(words, this.#head, head, cell)) return', 'store(words, this.#head, cell)\n      return'],
    ],
    'push links after it has exchanged': [
      [
        '      words[cell + this.#prev] = head & WHERE\n      if (replace(words, this.#head, head, cell))',
        '      if (replace(words, this.#head, head, cell) && ((words[cell + this.#prev] = head & WHERE), true))',
      ],
    ],
    'push does not ring': [['return (head & SLEEP) === 0 ? SENT : RING', 'return SENT']],
    'push overlooks that it is closed': [
      ['      if ((head & CLOSED) !== 0) {\n        head', '      if (head === -1) {\n        head'],
    ],
    'extend stores': [
      [
        'return replace(this.#words, this.#head, newest, newest + PLACE)',
        'store(this.#words, this.#head, newest + PLACE)\n    return true',
      ],
    ],
    'extend overlooks that the receiver sleeps': [
      ['return this.#words[this.#head] === message', 'return (this.#words[this.#head]! & WHERE) === message'],
      [
        'replace(this.#words, this.#head, newest, newest + PLACE)',
        'replace(this.#words, this.#head, load(this.#words, this.#head), newest + PLACE)',
      ],
    ],
    'extend goes on from where the head is': [
      ['return this.#words[this.#head] === message', 'return true'],
      [
        'replace(this.#words, this.#head, newest, newest + PLACE)',
        'replace(this.#words, this.#head, load(this.#words, this.#head), newest + PLACE)',
      ],
    ],
    'a cell forgets how many were added to it': [
      ['words[cell + this.#prev] = head & WHERE\n      if', 'words[cell + this.#prev] = head & CELL\n      if'],
    ],
    'what was added to the newest cell is overlooked': [
      [
        '    arena.words[end + this.#next] = after + (at - end)\n',
        '    arena.words[end + this.#next] = after + (newest - end)\n',
      ],
    ],
    'nap stores': [
      [
        'if (replace(words, this.#head, head, head | SLEEP)) return head | SLEEP',
        'store(words, this.#head, head | SLEEP)\n      return head | SLEEP',
      ],
    ],
    'nap believes that it is asleep': [
      ['if ((head & SLEEP) !== 0) head = load(words, this.#head)', 'if (head !== 0) return head | SLEEP'],
    ],
    'mark forgets what was sent meanwhile': [
      [
        'if (replace(this.#arena.words, this.#head, head, (head | bit) & ~SLEEP)) return',
        'store(this.#arena.words, this.#head, (head | bit) & ~SLEEP)\n      return',
      ],
    ],
    'relink turns nothing round': [
      [
        '      words[cell + this.#next] = after + (at - cell)\n',
        '      words[cell + this.#next] = cellOf(words[cell + this.#prev]!) + (at - cell)\n',
      ],
    ],
    'take does not move the front': [
      ['    this.#arena.words[this.#front] = message\n    this.#taken = message\n', '    this.#taken = message\n'],
    ],
    'attach goes on from the head': [
      ['this.#arena.words[this.#front]!\n', 'load(this.#arena.words, this.#head) & WHERE\n'],
    ],
  },
})
