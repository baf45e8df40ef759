import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type Deque as DequeClass, Deque, EMPTY } from '../../../src/lockfree/deque.ts'
import { LINE } from '../../../src/memory/layout.ts'
import { type Edit, mutant } from '../../support/mutant.ts'

type Class = new (shared: Int32Array, at: number, capacity: number) => DequeClass

const AT = 3 * LINE
const TOP = AT
const BOTTOM = AT + LINE
const GUARD = 0x5ca1ab1e

type Action =
  | { kind: 'push' | 'clear' | 'inherit' }
  | { kind: 'kill'; which: number }
  | { kind: 'look' | 'forget'; thief: number }

const thief = fc.nat(2)
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'push' as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('kill' as const), which: fc.nat(4) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('look' as const), thief }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('forget' as const), thief }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'inherit' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'clear' as const }) },
)
const script = fc.record({
  capacity: fc.constantFrom(2, 4),
  start: fc.constantFrom(0, 2 ** 31 - 3, -3),
  actions: fc.array(action, { maxLength: 60 }),
})

/** One owner and three thieves take turns; a list of jobs says what each must see. */
function follow(Class: Class, capacity: number, start: number, actions: readonly Action[]): void {
  const words = new Int32Array(new SharedArrayBuffer(4 * (AT + Deque.size(capacity) + LINE))).fill(GUARD)
  words.fill(0, AT, AT + Deque.size(capacity))
  words[TOP] = words[BOTTOM] = start
  let owner = new Class(words, AT, capacity)
  const thieves = [0, 1, 2].map(() => ({ deque: new Class(words, AT, capacity), saw: -1 }))
  /** By number of push; `top` and `jobs.length` count without wrapping. */
  const jobs: number[] = []
  const gone = new Set<number>()
  const dead = (job: number): boolean => gone.has(job)
  let top = 0

  for (const act of actions) {
    const before = words.slice()
    let pushed = false
    switch (act.kind) {
      case 'push': {
        // Both signs, and neither EMPTY nor CONTENDED.
        const job = jobs.length % 2 === 0 ? jobs.length + 1 : -jobs.length - 1
        let free = top
        while (free < jobs.length && dead(jobs[free]!)) free++
        pushed = owner.push(job, dead)
        strictEqual(pushed, jobs.length - top < capacity || jobs.length - free < capacity, 'push says full (I3)')
        const moved = (words[TOP] - before[TOP]!) | 0
        ok(moved >= 0 && top + moved <= free, 'push moves top over dead entries only (I2)')
        top += moved
        if (pushed) jobs.push(job)
        break
      }
      case 'kill':
        if (top + act.which < jobs.length) gone.add(jobs[top + act.which]!)
        break
      case 'look': {
        const thief = thieves[act.thief]!
        strictEqual(thief.deque.look(), top === jobs.length ? EMPTY : jobs[top], 'look sees the oldest')
        if (top < jobs.length) thief.saw = top
        break
      }
      case 'forget': {
        const thief = thieves[act.thief]!
        if (thief.saw === -1) break
        gone.add(jobs[thief.saw]!)
        thief.deque.forget()
        if (top === thief.saw) top++
        break
      }
      case 'inherit':
        owner = new Class(words, AT, capacity)
        break
      case 'clear':
        for (const job of jobs.slice(top)) gone.add(job)
        owner.clear()
        top = jobs.length
        break
    }
    if (!pushed) deepStrictEqual(words.subarray(BOTTOM), before.subarray(BOTTOM), 'only push writes (I1)')
    strictEqual(words[TOP], (start + top) | 0, 'top (I2)')
    strictEqual(words[BOTTOM], (start + jobs.length) | 0, 'bottom (I1)')
    strictEqual(owner.length, jobs.length - top, 'length (I3)')
    strictEqual(owner.maybe, jobs.length > top, 'maybe')
    for (const [i, job] of jobs.entries()) {
      if (i >= top) strictEqual(words[AT + 2 * LINE + ((start + i) & (capacity - 1))], job, 'overwritten (I4)')
    }
  }
  ok(words.subarray(0, AT).every(word => word === GUARD) && words.at(-1) === GUARD, 'writes beside the deque')
}

function check(
  Class: Class,
  parameters: fc.Parameters<[{ capacity: number; start: number; actions: Action[] }]>,
): void {
  fc.assert(
    fc.property(script, ({ capacity, start, actions }) => follow(Class, capacity, start, actions)),
    parameters,
  )
}

describe('a deque', () => {
  it('does what a list does, through every wrap of its indexes (I1, I2, I3, I4)', () => {
    check(Deque, { numRuns: 1500 })
  })
})

const faults: Record<string, Edit[]> = {
  'capacity off by one (I3)': [['>= this.capacity && !this', '> this.capacity && !this']],
  'full compared without wrap (I3)': [['((bottom - this.#topSeen) | 0) >= this', '(bottom - this.#topSeen) >= this']],
  'empty compared without wrap': [['((load(w, this.#bottom) - top) | 0) <= 0', 'load(w, this.#bottom) <= top']],
  'bottom not wrapped': [
    ['store(w, this.#bottom, (bottom + 1) | 0)', 'store(w, this.#bottom, Math.min(bottom + 1, 0x7fffffff))'],
  ],
  'room made over jobs that live (I2)': [['next !== bottom && dead(', 'next !== bottom && !dead(']],
  'room made over one entry beyond the dead (I2)': [['this.#topSeen = next\n', 'this.#topSeen = (next + 1) | 0\n']],
  'top moved by whoever comes late (I2)': [
    ['replace(this.#words, this.#top, this.#looked, (', 'store(this.#words, this.#top, ('],
  ],
  'entry looked for at another place': [
    ['[this.#entries + (top & (this.capacity - 1))]', '[this.#entries + (top % this.capacity)]'],
  ],
  'clear forgets what it knows of top': [
    ['store(this.#words, this.#top, load(this.#words, this.#bottom))', 'store(this.#words, this.#top, 0)'],
  ],
  'heir trusts an empty deque': [
    ['this.#topSeen = load(shared, this.#top)', 'this.#topSeen = load(shared, this.#bottom)'],
  ],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Deque: Class }>('lockfree/deque.ts', edits)
    expect(() => check(faulty.Deque, { seed: 1, numRuns: 5000, endOnFailure: true })).toThrow('Property failed')
  })
})
