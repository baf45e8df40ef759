import { ok, strictEqual } from 'node:assert/strict'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { LimitError } from '../../src/errors.ts'
import { Arena, type Arena as ArenaClass, GRANULE } from '../../src/memory/arena.ts'
import { arenas } from '../support/arenas.ts'
import { type Edit, mutant } from '../support/mutant.ts'
import { atEveryStep, watch } from '../support/stepped.ts'
import { inThreads } from '../support/threads.ts'
import type { Data } from './arena.thread.ts'
import { MADE, SEEN } from './growth.thread.ts'

type Class = typeof ArenaClass

describe('an arena', () => {
  it('leaves what lies below to records made at start-up, and word 0 to nobody', () => {
    const arena = Arena.initialise(1000)
    expect(Arena.start).toBeGreaterThan(0)
    expect(arena.allocate(1)).toBe(1024)
    expect(arena.used).toBe(1024 + GRANULE)
  })

  it('hands out whole granules', () => {
    const arena = Arena.initialise(Arena.start)
    const at = [1, 32, 33, 64].map(count => arena.allocate(count))
    expect(at).toEqual([64, 96, 128, 192])
  })

  it('grows, and a view taken before stays good for the words it covers', () => {
    const arena = Arena.initialise(Arena.start)
    const old = arena.words
    const at = arena.allocate(3 * old.length)
    arena.words[at + 3 * old.length - 1] = 5
    arena.words[70] = 6
    expect([old[70], arena.words.length > 3 * old.length]).toEqual([6, true])
  })

  it('reaches what another view has made, and nothing beyond the memory', () => {
    const [one, other] = arenas(2) as [Arena, Arena]
    const at = one.allocate(2 * one.words.length)
    one.words[at] = 9
    expect([other.words[at + other.words.length], other.reach(at + 1), other.words[at]]).toEqual([undefined, true, 9])
    expect(other.reach(2 ** 27 + 1)).toBe(false)
  })

  it('reaches what another thread has only just made the memory grow by', async () => {
    const [arena] = arenas(1, Arena.start + 64) as [Arena]
    const first = arena.words
    const rounds = 1000
    const done = inThreads<string>(new URL('growth.thread.ts', import.meta.url), [{ memory: arena.memory, rounds }])
    // The thread starts only once this one lets its event loop turn.
    while (Atomics.load(first, MADE) === 0) await new Promise(resolve => void setImmediate(resolve))
    // Hot before the memory has grown, and without a call in between: where V8 hears of it last.
    const look = (round: number): boolean => {
      for (;;) {
        if (Atomics.load(first, MADE) === round) return arena.reach(first.length + round * 16_384)
        arena.reach(first.length)
      }
    }
    const missed: number[] = []
    for (let round = 1; round <= rounds; round++) {
      if (!look(round)) missed.push(round)
      Atomics.store(first, SEEN, round)
    }
    expect([await done, missed]).toEqual([['done'], []])
  })

  it('refuses when it is full, says so, and goes on with what still fits', () => {
    const arena = Arena.initialise(Arena.start)
    arena.allocate(2 ** 26)
    expect(() => arena.allocate(2 ** 26)).toThrow(LimitError)
    const { used } = arena
    expect(arena.allocate(32)).toBe(used)
  })
})

/** Several views take turns: what they are given is zero, aligned, within the memory, and never the same. */
function check(Class: Class, parameters: fc.Parameters<[number, { thread: number; count: number }[]]>): void {
  const request = fc.record({ thread: fc.nat(2), count: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.nat(60_000)) })
  fc.assert(
    fc.property(
      fc.integer({ min: Arena.start, max: 40_000 }),
      fc.array(request, { maxLength: 20 }),
      (end, requests) => {
        const first = Class.initialise(end)
        const all = [first, new Class(first.memory), new Class(first.memory)]
        let last = end
        for (const { thread, count } of requests) {
          const arena = all[thread]!
          const at = arena.allocate(count)
          strictEqual(at % GRANULE, 0, 'aligned')
          ok(at >= last && at - last < GRANULE, 'after the one before, without waste')
          ok(at + count <= arena.words.length, 'within the view')
          ok(
            arena.words.subarray(at, at + count).every(word => word === 0),
            'zeroed',
          )
          arena.words.fill(-1, at, at + count)
          last = at + count
          ok(last <= arena.used && arena.used === first.used, 'used')
        }
      },
    ),
    parameters,
  )
}

/** Allocations that interrupt each other do not overlap. */
function interrupt(Class: Class): number {
  return atEveryStep(() => {
    const first = Class.initialise(Arena.start)
    const half = first.words.length / 2 + 32
    const all = [first, new Class(first.memory), new Class(first.memory)]
    const given: number[] = []
    for (const arena of all) arena.words = watch(arena.words)
    const allocate = (thread: number) => (): void => {
      const at = all[thread]!.allocate(half)
      for (const other of given) ok(Math.abs(at - other) >= half, 'overlap')
      given.push(at)
    }
    return { operation: allocate(0), intrusions: [allocate(1), allocate(2)], check: () => strictEqual(given.length, 3) }
  })
}

describe('allocations', () => {
  it('are disjoint, aligned, zeroed and within view, whoever asks', () => check(Arena, { numRuns: 100 }))

  it('do not overlap when interrupted at every access', async () => {
    const stepped = await mutant<{ Arena: Class }>('memory/arena.ts', [], true)
    expect(interrupt(stepped.Arena)).toBeGreaterThan(3)
  })

  it('are disjoint on threads that make the memory grow under each other', async () => {
    const [arena] = arenas(1, Arena.start + 32) as [Arena]
    const data: Data[] = [0, 1, 2].map(index => ({ memory: arena.memory, index, threads: 3, count: 3000 }))
    const given = await inThreads<[number, number][]>(new URL('arena.thread.ts', import.meta.url), data)
    const all = given.flat().toSorted((a, b) => a[0] - b[0])
    expect(all.length).toBe(9000)
    expect(all.filter(([at, count], i) => at + count > (all[i + 1]?.[0] ?? Infinity))).toEqual([])
    expect(all.at(-1)![0] + all.at(-1)![1]).toBeLessThanOrEqual(arena.used)
    // Each wrote its number all over what it was given, and found nothing else there when it had ended.
    arena.reach(arena.used)
    for (const [index, own] of given.entries())
      expect(
        own.every(([at, count]) => arena.words[at] === index + 1 && arena.words[at + count - 1] === index + 1),
      ).toBe(true)
  })
})

const faults: Record<string, Edit[]> = {
  'half a granule is forgotten': [['Math.ceil(count / GRANULE)', 'Math.floor(count / GRANULE)']],
  'start-up records are handed out': [
    ['arena.words[NEXT] = Math.ceil(end / GRANULE)', 'arena.words[NEXT] = Math.floor(end / GRANULE)'],
  ],
  'a view is not renewed': [['    this.words = new Int32Array(this.memory.buffer)\n    return end', '    return end']],
  'grows by too little': [['Math.max(missing, Math.min(GROWTH_PAGES, MAXIMUM_PAGES - length / PAGE_WORDS))', '1']],
}
const races: Record<string, Edit[]> = {
  'decided by a store': [
    ['import { load, replace,', 'import { load, store,'],
    [
      'if (replace(this.words, NEXT, next, next + granules)) return',
      'store(this.words, NEXT, next + granules)\n      return',
    ],
  ],
  'next read once only': [
    [
      '    for (;;) {\n      const next = load(this.words, NEXT)\n',
      '    const next = load(this.words, NEXT)\n    for (;;) {\n',
    ],
    [
      'if (replace(this.words, NEXT, next, next + granules)) return',
      'if (replace(this.words, NEXT, load(this.words, NEXT), next + granules)) return',
    ],
  ],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Arena: Class }>('memory/arena.ts', edits)
    expect(() => check(faulty.Arena, { seed: 1, numRuns: 100, endOnFailure: true })).toThrow('Property failed')
  })

  it.for(Object.entries(races))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Arena: Class }>('memory/arena.ts', edits, true)
    expect(() => interrupt(faulty.Arena)).toThrow('interrupted before')
  })
})
