import { ok, strictEqual } from 'node:assert/strict'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { CorruptError, LimitError } from '../../src/errors.ts'
import { Arena } from '../../src/memory/arena.ts'
import { Heap, type Heap as HeapClass } from '../../src/scheduler/heap.ts'
import { arenas } from '../support/arenas.ts'
import { type Edit, mutant } from '../support/mutant.ts'

type Class = new (arena: Arena, heads: (home: number) => number, home: number) => HeapClass

const headsOf = (home: number): number => Arena.start + home * Heap.words
const make = (Class: Class): [Arena[], HeapClass[]] => {
  const all = arenas(3, headsOf(3))
  return [all, all.map((arena, home) => new Class(arena, headsOf, home))]
}

describe('a heap', () => {
  it('gives blocks of the length asked for, at every boundary of a class', () => {
    const [[arena], [heap]] = make(Heap) as [[Arena], [HeapClass]]
    for (let size = 32; size <= 2 ** 16; size *= 2) {
      const [fits, over] = [heap.allocate(size - 4), heap.allocate(size - 3)]
      arena.words.fill(1, fits, fits + size - 4)
      arena.words.fill(2, over, over + size - 3)
      heap.free(fits)
      heap.free(over)
      expect([heap.allocate(size - 4), heap.allocate(size - 3)]).toEqual([fits, over])
    }
  })

  it('uses a block again, wherever it was freed', () => {
    const [[, far], [home, other]] = make(Heap) as [[Arena, Arena], [HeapClass, HeapClass]]
    const block = home.allocate(1_000_000)
    far.reach(block + 1_000_000)
    other.free(block)
    expect(home.allocate(1_000_000)).toBe(block)
  })

  it('refuses what is larger than the largest class', () => {
    const [, [heap]] = make(Heap) as [Arena[], [HeapClass]]
    expect(() => heap.allocate(2 ** 25 - 3)).toThrow(LimitError)
    expect(() => heap.allocate(2 ** 30)).toThrow(LimitError)
  })

  it('does not free what is no block', () => {
    const [[arena], [heap]] = make(Heap) as [[Arena], [HeapClass]]
    const payload = heap.allocate(10)
    for (const bad of [-1, 21, 1 << 30]) {
      arena.words[payload - 4] = bad
      expect(() => heap.free(payload)).toThrow(CorruptError)
    }
    expect(() => heap.free(2 ** 26)).toThrow(CorruptError)
    expect(arena.words[0]).toBe(0)
  })
})

const action = fc.record({
  free: fc.boolean(),
  seat: fc.nat(2),
  length: fc.oneof(fc.nat(70), fc.nat(5000)),
  which: fc.nat(20),
})

/** Three seats allocate, and free what any of them has: payloads never overlap, and what was written stays. */
function check(
  Class: Class,
  parameters: fc.Parameters<[readonly { free: boolean; seat: number; length: number; which: number }[]]>,
): void {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), actions => {
      const [all, heaps] = make(Class)
      const live: { at: number; length: number; stamp: number; seat: number }[] = []
      for (const [stamp, { free, seat, length, which }] of actions.entries()) {
        const arena = all[seat]!
        if (free && live.length > 0) {
          const [block] = live.splice(which % live.length, 1) as [(typeof live)[number]]
          arena.reach(arena.used)
          heaps[seat]!.free(block.at)
        } else {
          const at = heaps[seat]!.allocate(length)
          ok(at >= headsOf(3) && at + length <= Math.min(arena.used, arena.words.length), 'within memory')
          arena.words.fill(stamp, at, at + length)
          live.push({ at, length, stamp, seat })
        }
        all[0]!.reach(all[0]!.used)
        for (const block of live) {
          const words = all[0]!.words.subarray(block.at, block.at + block.length)
          ok(
            words.every(word => word === block.stamp),
            'overwritten',
          )
        }
      }
      const { used } = all[0]!
      for (const { at } of live) heaps[0]!.free(at)
      for (const { seat, length } of live) heaps[seat]!.allocate(length)
      strictEqual(all[0]!.used, used, 'used again')
    }),
    parameters,
  )
}

describe('blocks', () => {
  it('never overlap, and are used again', () => check(Heap, { numRuns: 150 }))
})

const faults: Record<string, Edit[]> = {
  'the header is forgotten': [['(length + HEADER - 1) / GRANULE', '(length - 1) / GRANULE']],
  'blocks of a class have half its words': [
    ['const words = GRANULE << size', 'const words = GRANULE << Math.max(0, size - 1)'],
  ],
  'freed at the wrong home': [['else this.#slab(home, size).freeRemotely(block)', 'else this.#slabs[0]!.free(block)']],
  'the class is not written': [['      this.#arena.words[fresh + CLASS] = size\n', '']],
  'freed where the payload begins': [['const block = payload - HEADER', 'const block = payload']],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Heap: Class }>('scheduler/heap.ts', edits)
    expect(() => check(faulty.Heap, { seed: 1, numRuns: 300, endOnFailure: true })).toThrow('Property failed')
  })
})
