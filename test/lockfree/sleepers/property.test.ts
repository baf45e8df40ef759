import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type Sleepers as SleepersClass, Sleepers } from '../../../src/lockfree/sleepers.ts'
import { type Edit, mutant } from '../../support/mutant.ts'

type Class = new (words: Int32Array, at: number, seats: number) => SleepersClass

const GUARD = 0x5ca1ab1e
const kinds = ['announce', 'announceBusy', 'cancel', 'seek', 'found', 'wake', 'wakeOne', 'bury'] as const
const action = fc.record({ kind: fc.constantFrom(...kinds), seat: fc.nat(99) })
const script = fc.record({
  seats: fc.constantFrom(1, 2, 5, 31, 32, 33, 64, 65, 100),
  actions: fc.array(action, { maxLength: 60 }),
})
type Script = typeof script extends fc.Arbitrary<infer T> ? T : never

/** Three sets say who sleeps, who seeks and whose bell is set. */
function follow(Class: Class, { seats, actions }: Script): void {
  const words = new Int32Array(new SharedArrayBuffer(4 * (32 + Sleepers.size(seats)))).fill(GUARD)
  words.fill(0, 16, 16 + Sleepers.size(seats))
  const sleepers = new Class(words, 16, seats)
  const asleep = new Set<number>()
  const seeking = new Set<number>()
  const bell = new Set<number>()
  for (const { kind, seat: any } of actions) {
    const seat = any % seats
    switch (kind) {
      case 'announce':
      case 'announceBusy':
        sleepers.announce(seat, kind === 'announce')
        bell.add(seat)
        if (kind === 'announce') asleep.add(seat)
        break
      case 'cancel':
        sleepers.cancel(seat)
        bell.delete(seat)
        asleep.delete(seat)
        break
      case 'seek':
        sleepers.seek(seat)
        seeking.add(seat)
        break
      case 'found':
        seeking.delete(seat)
        sleepers.found(seat)
        break
      case 'wake':
        strictEqual(sleepers.wake(seat), bell.delete(seat), 'woken once (I2)')
        break
      case 'wakeOne': {
        sleepers.wakeOne()
        const first = [...asleep].filter(seat => bell.has(seat)).toSorted((a, b) => a - b)[0]
        if (first !== undefined && seeking.size === 0) bell.delete(first)
        break
      }
      case 'bury':
        sleepers.bury(seat)
        for (const set of [asleep, seeking, bell]) set.delete(seat)
        break
    }
    strictEqual(sleepers.idle, asleep.size + seeking.size, 'idle')
  }
  const rung = Array.from({ length: seats }, (_, seat) => seat).filter(seat => sleepers.wake(seat))
  deepStrictEqual(
    rung,
    [...bell].toSorted((a, b) => a - b),
    'who can still be woken (I2)',
  )
  for (let seat = 0; seat < seats; seat++) sleepers.bury(seat)
  ok(
    words.subarray(16, 16 + Sleepers.size(seats)).every(word => word === 0),
    'nothing stays',
  )
  ok(words.subarray(0, 16).every(word => word === GUARD) && words.at(-16) === GUARD, 'writes beside')
}

function check(Class: Class, parameters: fc.Parameters<[Script]>): void {
  fc.assert(
    fc.property(script, script => follow(Class, script)),
    parameters,
  )
}

describe('sleepers', () => {
  it('do what sets do (I1, I2)', () => check(Sleepers, { numRuns: 500 }))
})

const faults: Record<string, Edit[]> = {
  'wakes the last and not the first': [['(31 - Math.clz32(rest & -rest))', '(31 - Math.clz32(rest))']],
  'only the first group is asked': [['group < this.#groups; group++) {\n', 'group < 1; group++) {\n']],
  'gives up at the first that is awake already': [['if (this.wake(seat)) return', 'return void this.wake(seat)']],
  'wakes though somebody seeks': [['if (this.#any(this.#seeking)) return\n', '\n']],
  'waker clears the bit (I1)': [
    ['    notify(this.#words', '    this.#clear(this.#asleep, seat)\n    notify(this.#words'],
  ],
  'bit set by a store: forgets the others (I1)': [['if (available) or(', 'if (available) store(']],
  'wakes twice (I2)': [['this.#bell(seat), 1, 0)) return false', 'this.#bell(seat), 1, 1)) return false']],
  'cancel leaves the bell (I2)': [
    [
      '    this.#clear(this.#asleep, seat)\n    store(this.#words, this.#bell(seat), 0)\n',
      '    this.#clear(this.#asleep, seat)\n',
    ],
  ],
  'bells share the lines of seeking': [
    ['this.#bells = this.#seeking + LINE * this.#groups', 'this.#bells = this.#seeking + LINE'],
  ],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Sleepers: Class }>('lockfree/sleepers.ts', edits)
    expect(() => check(faulty.Sleepers, { seed: 1, numRuns: 2000, endOnFailure: true })).toThrow('Property failed')
  })
})
