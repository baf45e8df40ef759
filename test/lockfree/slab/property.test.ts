import { ok, strictEqual } from 'node:assert/strict'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type Slab as SlabClass, Slab } from '../../../src/lockfree/slab.ts'
import { Arena } from '../../../src/memory/arena.ts'
import { arenas } from '../../support/arenas.ts'
import { type Edit, mutant } from '../../support/mutant.ts'

type Class = new (arena: Arena, at: number, size: number, link: number, chunk: number) => SlabClass

const AT = Arena.start
const SIZE = 64
type Action = { kind: 'allocate' | 'rebuild' | 'grow' } | { kind: 'free' | 'freeRemotely'; which: number }
const which = fc.nat(9)
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('allocate' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('free' as const), which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('freeRemotely' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rebuild' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('grow' as const) }) },
)

/** The owner and another thread take turns; two lists say which record comes next, and when a chunk is carved. */
function follow(Class: Class, chunk: number, actions: readonly Action[]): void {
  const [arena, other] = arenas(2, AT + Slab.words) as [Arena, Arena]
  const home = new Class(arena, AT, SIZE, 1, chunk)
  const far = new Class(other, AT, SIZE, 1, chunk)
  const used: number[] = []
  let free: number[] = []
  let remote: number[] = []
  const prepared: number[] = []
  const remove = (which: number): number => used.splice(which % used.length, 1)[0]!
  for (const act of actions) {
    switch (act.kind) {
      case 'allocate': {
        const before = prepared.length
        const record = home.allocate(record => {
          ok(!prepared.includes(record), 'prepared once')
          prepared.push(record)
        })
        if (free.length === 0 && remote.length > 0) [free, remote] = [remote, []]
        if (free.length === 0) {
          strictEqual(prepared.length, before + chunk, 'carves a chunk')
          free = prepared.slice(before).toReversed()
        } else strictEqual(prepared.length, before, 'carves only if nothing is free')
        strictEqual(record, free.pop(), 'which record (I2)')
        ok(!used.includes(record) && record % 32 === 0, 'not in use (I2)')
        // Its user may write all of it.
        arena.words.fill(-3, record, record + SIZE)
        used.push(record)
        break
      }
      case 'free':
        if (used.length === 0) break
        free.push(remove(act.which))
        home.free(free.at(-1)!)
        break
      case 'freeRemotely':
        if (used.length === 0) break
        remote.push(remove(act.which))
        other.reach(remote.at(-1)! + SIZE)
        far.freeRemotely(remote.at(-1)!)
        break
      case 'rebuild':
        home.rebuild(free)
        break
      case 'grow':
        other.allocate(other.words.length)
        break
    }
  }
}

function check(Class: Class, parameters: fc.Parameters<[number, Action[]]>): void {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(action, { maxLength: 60 }), (chunk, actions) =>
      follow(Class, chunk, actions),
    ),
    parameters,
  )
}

describe('a slab', () => {
  it('gives and takes as two lists do (I1, I2)', () => check(Slab, { numRuns: 300 }))
})

const faults: Record<string, Edit[]> = {
  'a record freed at home comes to the wrong end of nothing': [
    ['words[record + this.#link] = words[this.#free]!', 'words[record + this.#link] = 0'],
  ],
  'remote frees are taken but not removed (I2)': [
    ['? 0 : exchange(words, this.#remote, 0)', '? 0 : load(words, this.#remote)'],
  ],
  'remote frees are never taken': [['words[this.#remote] === 0 ? 0', 'words[this.#remote] !== 0 ? 0']],
  'the last of a chunk is forgotten': [['i + 1 < this.#chunk ?', 'i + 2 < this.#chunk ?']],
  'records overlap': [['first + i * this.size', 'first + i * (this.size >> 1)']],
  'rebuild forgets what others have freed (I2)': [
    [
      '    words[this.#free] = 0\n    for',
      '    words[this.#free] = exchange(words, this.#remote, 0)\n    words[this.#free] = 0\n    for',
    ],
  ],
  'allocate forgets all but the first': [['= this.#arena.words[record + this.#link]!\n    return', '= 0\n    return']],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Slab: Class }>('lockfree/slab.ts', edits)
    expect(() => check(faulty.Slab, { seed: 1, numRuns: 300, endOnFailure: true })).toThrow('Property failed')
  })
})
