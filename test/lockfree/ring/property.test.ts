import { deepStrictEqual, strictEqual } from 'node:assert/strict'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type * as rings from '../../../src/lockfree/ring.ts'
import { Ring } from '../../../src/lockfree/ring.ts'
import { Arena } from '../../../src/memory/arena.ts'
import { arenas } from '../../support/arenas.ts'
import { type Edit, mutant } from '../../support/mutant.ts'

type Class = typeof rings.Ring
const at = { tail: Arena.start, taken: Arena.start + 1, asleep: Arena.start + 2, wanted: Arena.start + 3 }
const PLACES = Arena.start + 8

type Action = { kind: 'send' | 'stale'; thread: number } | { kind: 'take' | 'nap' | 'want' | 'shut' }
const plain = (kind: 'take' | 'nap' | 'want' | 'shut'): fc.Arbitrary<Action> => fc.record({ kind: fc.constant(kind) })
const thread = fc.nat(2)
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ kind: fc.constant('send' as const), thread }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('stale' as const), thread }) },
  { weight: 30, arbitrary: plain('take') },
  { weight: 5, arbitrary: plain('nap') },
  { weight: 5, arbitrary: plain('want') },
  { weight: 1, arbitrary: plain('shut') },
)

/** Three senders and a receiver take turns; an array says what must come. */
function follow(Class: Class, count: number, from: number, actions: readonly Action[]): void {
  const all = arenas(4, Arena.start + 64)
  const queues = all.map(arena => new Class(arena, PLACES, count, at))
  queues[0]!.initialise(count * Math.floor(from / count))
  const receiver = queues[3]!
  let expected: number[] = []
  let [asleep, wanted, shut] = [false, false, false]
  let sent = 0
  for (const act of actions) {
    switch (act.kind) {
      case 'send': {
        const record = 8 * (++sent % 1000)
        const done = queues[act.thread]!.push(record)
        strictEqual(done, shut ? undefined : expected.length < count)
        if (done !== true) break
        expected.push(record)
        strictEqual(queues[act.thread]!.arouse(), asleep)
        asleep = false
        break
      }
      case 'stale':
        // A sender that was slow writes the hint of long ago.
        all[0]!.words[at.tail] = all[0]!.words[at.taken]!
        break
      case 'take': {
        strictEqual(receiver.holds(0), expected.length > 0)
        strictEqual(receiver.holds(1), expected.length > 1)
        if (expected.length === 0) break
        strictEqual(receiver.take(), expected.shift(), 'the oldest')
        strictEqual(receiver.invite(), wanted)
        wanted = false
        break
      }
      case 'nap':
        receiver.nap()
        asleep = true
        break
      case 'want':
        queues[0]!.want()
        wanted = true
        break
      case 'shut': {
        const out: number[] = []
        receiver.shut(record => out.push(record))
        deepStrictEqual(out, expected, 'what was not taken')
        expected = []
        shut = true
        break
      }
    }
  }
}

function check(Class: Class, parameters: fc.Parameters<[number, number, Action[]]>): void {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.oneof(fc.constant(0), fc.integer({ min: 2 ** 30 - 10, max: 2 ** 30 - 6 })),
      fc.array(action, { maxLength: 100, size: 'max' }),
      (count, from, actions) => follow(Class, count, from, actions),
    ),
    parameters,
  )
}

describe('a ring', () => {
  it('does what an array of so many places does (I1, I2, I3)', () => check(Ring, { numRuns: 500 }))
})

const faults: Record<string, Edit[]> = {
  'a lap that does not come round': [['next >= this.#end ? next - this.#end : next', 'next']],
  'full, and it says that it has sent': [
    ['else if (ahead === this.#count) return false', 'else if (ahead === this.#count) return true'],
  ],
  // Said aloud: it would look for ever.
  'a hint of long ago is believed': [
    ['if (ahead > this.#count) index = taken', "if (ahead > this.#count) throw new RangeError('long ago')"],
  ],
  'emptied for the same lap (I1)': [
    ['this.#emptyOf(next >= this.#end ? next - this.#end : next)', 'this.#emptyOf(index)'],
  ],
  'shut, and sent to': [['if (word === SHUT) return undefined', 'if (word === SHUT) return false']],
}
describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Ring: Class }>('lockfree/ring.ts', edits)
    expect(() => check(faulty.Ring, { seed: 1, numRuns: 1000, endOnFailure: true })).toThrow('Property failed')
  })
})
