import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type Mailbox as MailboxClass, Mailbox } from '../../../src/lockfree/mailbox.ts'
import { Arena } from '../../../src/memory/arena.ts'
import { arenas } from '../../support/arenas.ts'
import { type Edit, mutant } from '../../support/mutant.ts'

type Class = new (arena: Arena, head: number, link: number) => MailboxClass

const LINK = 2
type Action =
  | { kind: 'send'; thread: number; box: number }
  | { kind: 'take' | 'forward'; box: number }
  | { kind: 'grow' }
const box = fc.nat(1)
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), thread: fc.nat(2), box }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('take' as const), box }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forward' as const), box }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('grow' as const) }) },
)

/** Two boxes and three senders take turns; two lists say what each receiver must get. */
function follow(Class: Class, actions: readonly Action[]): void {
  const all = arenas(4, Arena.start + 2)
  const boxes = all.map(arena => [0, 1].map(box => new Class(arena, Arena.start + box, LINK)))
  const receivers = boxes[3]!
  const expected: number[][] = [[], []]
  const free: number[] = []
  for (const act of actions) {
    switch (act.kind) {
      case 'send': {
        const record = free.pop() ?? all[act.thread]!.allocate(32)
        all[act.thread]!.reach(record + 32)
        strictEqual(boxes[act.thread]![act.box]!.send(record), expected[act.box]!.length === 0, 'was empty')
        expected[act.box]!.push(record)
        break
      }
      case 'take': {
        const taken: number[] = []
        receivers[act.box]!.take(record => {
          ok(record > 0, 'a record')
          // Whoever has a record writes what it likes there, the link too (I1).
          all[3]!.words.fill(-5, record, record + 32)
          taken.push(record)
        })
        deepStrictEqual(taken, expected[act.box], 'all, oldest first')
        expected[act.box] = []
        free.push(...taken)
        break
      }
      case 'forward': {
        const taken = expected[act.box]!
        expected[act.box] = []
        receivers[act.box]!.take(record => void receivers[1 - act.box]!.send(record))
        expected[1 - act.box]!.push(...taken)
        break
      }
      case 'grow':
        all[0]!.allocate(all[0]!.words.length)
        break
    }
    for (const box of [0, 1]) strictEqual(receivers[box]!.holds(), expected[box]!.length > 0, 'holds')
  }
}

function check(Class: Class, parameters: fc.Parameters<[Action[]]>): void {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), actions => follow(Class, actions)),
    parameters,
  )
}

describe('a mailbox', () => {
  it('does what a list does (I1, I2)', () => check(Mailbox, { numRuns: 300 }))
})

const faults: Record<string, Edit[]> = {
  'newest first': [
    [
      '      arena.words[record + this.#link] = oldest\n      oldest = record\n      record = next\n',
      '      each(record)\n      record = next\n',
    ],
  ],
  'link read after the record was handed on (I1)': [
    [
      '      const next = arena.words[oldest + this.#link]!\n      each(oldest)\n',
      '      each(oldest)\n      const next = arena.words[oldest + this.#link]!\n',
    ],
  ],
  'link read beyond the view': [
    [
      'arena.reach(at + this.#link + 1)',
      // Said aloud: it would follow `undefined` for ever.
      "if (at >= arena.words.length) throw new RangeError('beyond the view')",
    ],
  ],
  'was empty and was not, confused': [['return head === 0', 'return head !== 0']],
}
describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Mailbox: Class }>('lockfree/mailbox.ts', edits)
    expect(() => check(faulty.Mailbox, { seed: 1, numRuns: 300, endOnFailure: true })).toThrow('Property failed')
  })
})
