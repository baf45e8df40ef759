import { deepStrictEqual, strictEqual } from 'node:assert/strict'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type * as chains from '../../../src/lockfree/chain.ts'
import { cellOf, Chain, CLOSED, placeAfter, placeOf, REFUSED, RING, SENT } from '../../../src/lockfree/chain.ts'
import { Arena } from '../../../src/memory/arena.ts'
import { arenas } from '../../support/arenas.ts'
import { type Edit, mutant } from '../../support/mutant.ts'

type Class = typeof chains.Chain
const [HEAD, FRONT] = [Arena.start, Arena.start + 1]
const [PREV, NEXT, PAYLOAD] = [0, 1, 4]
/** Messages in a cell. */
const PLACES = 4

type Action = { kind: 'send'; thread: number } | { kind: 'take' | 'nap' | 'move' | 'grow' | 'close' }
const plain = (kind: 'take' | 'nap' | 'move' | 'grow' | 'close'): fc.Arbitrary<Action> =>
  fc.record({ kind: fc.constant(kind) })
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ kind: fc.constant('send' as const), thread: fc.nat(2) }) },
  { weight: 20, arbitrary: plain('take') },
  { weight: 10, arbitrary: plain('nap') },
  { weight: 5, arbitrary: plain('move') },
  { weight: 5, arbitrary: plain('grow') },
  { weight: 1, arbitrary: plain('close') },
)

const cell = (arena: Arena): number => arena.allocate(32)
const payload = (message: number): number => cellOf(message) + PAYLOAD + placeOf(message)

/** Three senders and two receivers, one after the other, take turns; an array says what must come. */
function follow(Class: Class, actions: readonly Action[]): void {
  const all = arenas(5, Arena.start + 2)
  const queues = all.map(arena => new Class(arena, HEAD, FRONT, PREV, NEXT))
  queues[0]!.initialise(cell(all[0]!))
  let at = 3
  queues[at]!.attach()
  const free: [number[], number[], number[]] = [[], [], []]
  /** Whose cell it is: only that sender uses it again. */
  const home = new Map<number, number>()
  /** What each sender has sent last. */
  const last = [0, 0, 0]
  let expected: number[] = []
  let asleep = false
  let closed = false
  let sent = 0
  for (const act of actions) {
    const receiver = queues[at]!
    switch (act.kind) {
      case 'send': {
        const arena = all[act.thread]!
        const queue = queues[act.thread]!
        const before = last[act.thread]!
        sent++
        let answer = REFUSED
        if (before !== 0 && placeOf(before) + 1 < PLACES && queue.endsWith(before)) {
          const message = placeAfter(before)
          arena.words[payload(message)] = sent
          strictEqual(queue.extend(before), true)
          last[act.thread] = message
          answer = SENT
        } else {
          const record = free[act.thread]!.pop() ?? cell(arena)
          arena.reach(record + 32)
          arena.words[record + PAYLOAD] = sent
          answer = queue.push(record)
          last[act.thread] = record
          home.set(record, act.thread)
        }
        strictEqual(answer === REFUSED, closed, 'refused once it is closed (I3)')
        if (closed) break
        strictEqual(answer === RING, asleep, 'who finds it asleep rings')
        asleep = false
        expected.push(sent)
        break
      }
      case 'take': {
        // Whether there is one, then whether there are two.
        let here = receiver.count(0)
        strictEqual(here > 0, expected.length > 0)
        here = receiver.count(1)
        strictEqual(Math.min(here, 2), Math.min(expected.length, 2))
        if (here === 0) break
        const before = cellOf(receiver.taken)
        const message = receiver.take()
        strictEqual(all[at]!.words[payload(message)], expected.shift(), 'the oldest')
        if (cellOf(message) === before) break
        all[at]!.words.fill(-5, before, before + 16)
        free[home.get(before) ?? 0]!.push(before)
        break
      }
      case 'nap': {
        if (receiver.count(0) > 0) break
        const head = receiver.nap()
        strictEqual(receiver.isEmpty(head), expected.length === 0)
        strictEqual(receiver.isOver(head), closed && expected.length === 0)
        asleep = expected.length === 0 && !closed
        break
      }
      case 'move':
        at = 7 - at
        queues[at]!.attach()
        break
      case 'grow':
        all[0]!.allocate(all[0]!.words.length)
        break
      case 'close':
        queues[0]!.mark(CLOSED)
        asleep = false
        closed = true
        break
    }
  }
  const heir = new Class(all[4]!, HEAD, FRONT, PREV, NEXT)
  heir.attach()
  heir.relink()
  const rest: number[] = []
  while (heir.count(0) > 0) rest.push(all[4]!.words[payload(heir.take())]!)
  deepStrictEqual(rest, expected, 'what was sent and not taken, for whoever looks')
  expected = []
}

function check(Class: Class, parameters: fc.Parameters<[Action[]]>): void {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), actions => follow(Class, actions)),
    parameters,
  )
}

describe('a chain', () => {
  it('does what an array does (I1, I2, I3)', () => check(Chain, { numRuns: 300 }))
})

const faults: Record<string, Edit[]> = {
  'newest first': [
    [
      '      words[cell + this.#next] = after + (at - cell)\n',
      '      words[cell + this.#next] = (words[cell + this.#prev]! === newest ? 0 : words[cell + this.#prev]!) + (at - cell)\n',
    ],
  ],
  'a cell beyond the view': [['!arena.reach(cell + 8)', 'cell + 8 > arena.words.length']],
  'the front stays (I2)': [['    this.#arena.words[this.#front] = message\n', '']],
  'a receiver that forgets what was linked': [['    this.#linked += count', '    this.#linked = count']],
  'closed, and sent to (I3)': [
    ['      if ((head & CLOSED) !== 0) {\n        head', '      if (head === -1) {\n        head'],
  ],
}
describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Chain: Class }>('lockfree/chain.ts', edits)
    expect(() => check(faulty.Chain, { seed: 1, numRuns: 1000, endOnFailure: true })).toThrow('Property failed')
  })
})
