import { deepStrictEqual } from 'node:assert/strict'

import type * as slabs from '../../../src/lockfree/slab.ts'
import type * as arenas from '../../../src/memory/arena.ts'
import { GRANULE } from '../../../src/memory/arena.ts'
import type { Scenario } from '../explore.ts'
import { type Model, structure } from '../model.ts'
import { load, store, type Words } from '../seam.ts'

const FIRST = GRANULE
const LINK = 1
/** Where the owner tells a remote thread which record to free. */
const HANDED = 4

/** One owner, and others that free what it hands them. */
export const model: Model = structure<typeof slabs>({
  path: 'lockfree/slab.ts',
  scenarios: ({ Slab }) => {
    const make = (words: Words): slabs.Slab => {
      let next = FIRST
      const allocate = (count: number): number => (next += count) - count
      return new Slab({ words, reach: () => true, allocate } as unknown as arenas.Arena, 0, GRANULE, LINK, 2)
    }
    const owner = (others: number) => (words: Words) => {
      const slab = make(words)
      return () => {
        const held = new Set<number>()
        const allocate = (): number => {
          const record = slab.allocate(() => {})
          if (held.has(record)) throw new Error(`record ${record} handed out twice`)
          held.add(record)
          words[record] = 7
          return record
        }
        const handed = Array.from({ length: others }, allocate)
        const kept = allocate()
        for (const [i, record] of handed.entries()) {
          held.delete(record)
          store(words, HANDED + i, record)
        }
        slab.free(kept)
        held.delete(kept)
        for (let i = 0; i < others + 1; i++) allocate()
        return [...held]
      }
    }
    const remote = (i: number) => (words: Words) => {
      const slab = make(words)
      return () => {
        const record = load(words, HANDED + i)
        if (record === 0) return 0
        words[record] = 8
        slab.freeRemotely(record)
        return record
      }
    }
    const scenario = (others: number, dies = false): Scenario => ({
      words: FIRST + GRANULE * 12,
      threads: [
        owner(others),
        ...Array.from({ length: others }, (_, i) => remote(i)),
        ...(dies ? [() => () => undefined] : []),
      ],
      ...(dies ? { victim: 1 } : {}),
      // `allocate` looks plainly at the remote list before it takes it: a hint.
      mayRace: at => at === 1,
      check: ({ results, memory, died }) => {
        const free: number[] = []
        for (const head of [0, 1]) for (let at = memory[head]!; at !== 0; at = memory[at + LINK]!) free.push(at)
        const lent = Array.from({ length: others }, (_, i) => memory[HANDED + i]!).filter(
          (_, i) => results[i + 1] === 0,
        )
        const all = [...free, ...(results[0] as number[]), ...lent].toSorted((a, b) => a - b)
        deepStrictEqual(all, [...new Set(all)], 'a record is in two places')
        // What the dead one was about to free is leaked: `rebuild` finds it once its owner dies too.
        if (died) return
        deepStrictEqual(
          all,
          Array.from({ length: all.length }, (_, i) => FIRST + i * GRANULE),
          'a record is lost',
        )
      },
      name: at =>
        at === 0
          ? 'free'
          : at === 1
            ? 'remote'
            : at < FIRST
              ? `handed ${at - HANDED}`
              : `record ${at / GRANULE - 1} +${at % GRANULE}`,
    })
    return { 'one remote free': scenario(1), 'two remote frees': scenario(2), 'who frees dies': scenario(1, true) }
  },
  faults: {
    'a remote free by a store': [
      ['if (replace(words, this.#remote, head, first)) return', 'return store(words, this.#remote, first)'],
      ['import { exchange, load, replace }', 'import { exchange, load, store }'],
    ],
    'a remote free links too late': [
      ['      words[last + this.#link] = head\n', ''],
      [
        'if (replace(words, this.#remote, head, first)) return',
        'if (replace(words, this.#remote, head, first)) {\n        words[last + this.#link] = head\n        return\n      }',
      ],
    ],
    'the remote list is loaded, then cleared': [
      [
        'words[this.#remote] === 0 ? 0 : exchange(words, this.#remote, 0)',
        'load(words, this.#remote)\n      store(words, this.#remote, 0)',
      ],
      ['import { exchange, load, replace }', 'import { load, replace, store, exchange }'],
    ],
    'the remote list is taken and not kept': [
      ['this.#arena.words[this.#free] = this.#arena.words[record + this.#link]!', 'this.#arena.words[this.#free] = 0'],
    ],
    'the remote list is not cleared': [
      ['exchange(words, this.#remote, 0)\n      if', 'load(words, this.#remote)\n      if'],
    ],
    'a free at home forgets the list': [
      ['    words[record + this.#link] = words[this.#free]!\n', '    words[record + this.#link] = 0\n'],
    ],
  },
})
