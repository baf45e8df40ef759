import { deepStrictEqual, ok } from 'node:assert/strict'

import type * as mailboxes from '../../../src/lockfree/mailbox.ts'
import type { Scenario } from '../explore.ts'
import { arenaOf, type Model, structure } from '../model.ts'
import { notify, replace, store, wait, type Words } from '../seam.ts'

const HEAD = 0
const BELL = 1
const RECORDS = 4
/** A record: its link, what its sender wrote for the receiver, and that the receiver has seen it in the box. */
const SIZE = 3
const LINK = 0
const MARK = 2

/** Sent once a sender has died. */
const END = 99
const record = (n: number): number => RECORDS + n * SIZE
const up = (a: number, b: number): number => a - b

const mark = (words: Words) => (at: number) => void (words[at + MARK] = 1)

/** Senders, and one receiver that sleeps between two looks. */
export const model: Model = structure<typeof mailboxes>({
  path: 'lockfree/mailbox.ts',
  scenarios: ({ Mailbox }) => {
    const make = (words: Words): mailboxes.Mailbox => new Mailbox(arenaOf(words), HEAD, LINK)

    const sender = (numbers: readonly number[]) => (words: Words) => {
      const box = make(words)
      return () => {
        for (const n of numbers) {
          words[record(n) + 1] = n ^ 0x5eed
          box.send(record(n))
          if (replace(words, BELL, 1, 0)) notify(words, BELL, Infinity)
        }
      }
    }
    const undertaker = (n: number) => (words: Words) => {
      const box = make(words)
      return () => {
        words[record(n) + 1] = END ^ 0x5eed
        box.send(record(n))
        // Whether or not the dead one was about to.
        store(words, BELL, 0)
        notify(words, BELL, Infinity)
      }
    }
    const receiver = (count: number) => (words: Words) => {
      const box = make(words)
      return () => {
        const got: number[] = []
        for (;;) {
          box.take(at => {
            got.push(words[at + 1]! ^ 0x5eed)
            // The record is the receiver's: it may go into another box.
            words[at + LINK] = -1
          }, mark(words))
          if (got.length >= count || got.includes(END)) return got
          store(words, BELL, 1)
          if (!box.holds()) wait(words, BELL, 1, Infinity)
          store(words, BELL, 0)
        }
      }
    }
    const scenario = (sent: readonly (readonly number[])[], dies = false): Scenario => ({
      words: record(sent.flat().length + 1),
      // If the first sender dies, somebody who hears of it sends a last record.
      threads: [receiver(sent.flat().length), ...sent.map(sender), ...(dies ? [undertaker(sent.flat().length)] : [])],
      ...(dies ? { victim: 1 } : {}),
      // `take` looks plainly before it exchanges: a hint.
      mayRace: at => at === HEAD,
      check: ({ results, died }) => {
        const got = results[0] as number[]
        if (died) {
          const before = got.filter(n => n !== END)
          deepStrictEqual(before, sent[0]!.slice(0, before.length), 'what the dead one sent, in its order')
          return
        }
        deepStrictEqual(got.toSorted(up), sent.flat().toSorted(up), 'each once')
        for (const numbers of sent)
          deepStrictEqual(
            got.filter(n => numbers.includes(n)),
            numbers,
            'order of a sender',
          )
      },
      name: at =>
        at === HEAD
          ? 'head'
          : at === BELL
            ? 'bell'
            : `record ${Math.floor((at - RECORDS) / SIZE)} word ${(at - RECORDS) % SIZE}`,
    })
    return {
      'one sender, three records': scenario([[0, 1, 2]]),
      'two senders': scenario([[0], [1]]),
      'the sender dies': scenario([[0, 1]], true),
      'the receiver dies': {
        ...scenario([[0], [1]]),
        threads: [
          words => {
            const box = make(words)
            return () => box.take(() => {}, mark(words))
          },
          sender([0]),
          sender([1]),
          () => () => {},
        ],
        victim: 0,
        check: ({ memory, died }) => {
          const left: number[] = []
          for (let at = memory[HEAD]!; at !== 0; at = memory[at + LINK]!) left.push(at)
          for (const at of died ? [record(0), record(1)] : [])
            ok(left.includes(at) || memory[at + MARK] === 1, `nobody knows of the record at ${at}`)
        },
      },
    }
  },
  faults: {
    'send stores the head': [
      [
        'if (replace(words, this.#head, head, record)) return head === 0',
        'store(words, this.#head, record)\n      return head === 0',
      ],
      ['import { load, replace }', 'import { load, replace, store }'],
    ],
    'send links after it has exchanged': [
      ['      words[record + this.#link] = head\n', ''],
      [
        'if (replace(words, this.#head, head, record)) return head === 0',
        'if (replace(words, this.#head, head, record)) {\n        words[record + this.#link] = head\n        return head === 0\n      }',
      ],
    ],
    'take loads, and clears later': [
      ['if (replace(arena.words, this.#head, record, 0)) break', 'store(arena.words, this.#head, 0)\n      break'],
      ['import { load, replace }', 'import { load, replace, store }'],
    ],
    'take marks what it has out': [
      ['record = load(arena.words, this.#head)\n', 'record = exchange(arena.words, this.#head, 0)\n'],
      ['at !== marked;', 'at !== 0;'],
      ['if (replace(arena.words, this.#head, record, 0)) break', 'break'],
      ['import { load, replace }', 'import { exchange, load, replace }'],
    ],
    'take marks again what it has marked, and nothing else': [
      ['marked = record)', 'marked = load(arena.words, this.#head))'],
    ],
    'take does not turn the order round': [
      ['      arena.words[record + this.#link] = oldest\n      oldest = record\n', '      each(record)\n'],
    ],
    'take follows the link of a record it has handed out': [
      [
        '      const next = arena.words[oldest + this.#link]!\n      each(oldest)\n',
        '      each(oldest)\n      const next = arena.words[oldest + this.#link]!\n',
      ],
    ],
    'holds looks plainly': [
      ['return load(this.#arena.words, this.#head) !== 0', 'return this.#arena.words[this.#head + 2] !== 0'],
    ],
  },
})
