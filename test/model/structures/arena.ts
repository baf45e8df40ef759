import { ok, strictEqual } from 'node:assert/strict'

import type * as arenas from '../../../src/memory/arena.ts'
import { GRANULE } from '../../../src/memory/arena.ts'
import type { Scenario } from '../explore.ts'
import { type Model, structure } from '../model.ts'
import { load, replace, store, type Words } from '../seam.ts'
import type { Edit } from '../../support/mutant.ts'

const PAGE = 64
const FIRST_PAGES = 2
const MOST_PAGES = 5
const NEXT = 16
/** Beyond the memory: how many pages it has, and the record that one thread hands to another. */
const SIZE = PAGE * MOST_PAGES
const HANDED = SIZE + 1

/** Pages of two granules, and few of them. */
const SMALL: readonly Edit[] = [
  ['const PAGE_WORDS = 16_384', `const PAGE_WORDS = ${PAGE}`],
  ['const MAXIMUM_PAGES = 8192', `const MAXIMUM_PAGES = ${MOST_PAGES}`],
  ['const GROWTH_PAGES = 64', 'const GROWTH_PAGES = 1'],
]

/**
 * A memory as one thread sees it, as late as V8 may tell it: what others have grown shows only once this thread grows it too,
 * be it by nothing. (Measured: a loop that reads `memory.buffer` has seen the old one 46,848 times.)
 */
function memoryOf(words: Words): WebAssembly.Memory {
  let known = FIRST_PAGES
  const memory = {
    get words(): Words {
      return words.subarray(0, known * PAGE)
    },
    grow(pages: number): number {
      for (;;) {
        const size = load(words, SIZE)
        if (size + pages > MOST_PAGES) throw new RangeError('the memory is full')
        if (pages > 0 && !replace(words, SIZE, size, size + pages)) continue
        known = size + pages
        return size
      }
    },
  }
  return memory as unknown as WebAssembly.Memory
}

/** What a thread was given, by address; -1 for a refusal. */
type Given = readonly (readonly [at: number, count: number])[]

/** Threads that allocate from a memory that must grow for it. The memory is a stand-in, the arena is as it is. */
export const model: Model = structure<typeof arenas>({
  path: 'memory/arena.ts',
  small: SMALL,
  scenarios: ({ Arena }) => {
    const allocating = (who: number, counts: readonly number[]) => (words: Words) => {
      const arena = new Arena(memoryOf(words))
      return (): Given => {
        const given: [number, number][] = []
        for (const count of counts) {
          let at = -1
          try {
            at = arena.allocate(count)
          } catch (error) {
            if ((error as Error).name !== 'LimitError') throw error
          }
          given.push([at, count])
          if (at < 0) continue
          strictEqual(arena.words[at], 0, 'words handed out are zero')
          arena.words[at] = arena.words[at + count - 1] = who
          if (who === 1) store(words, HANDED, at)
        }
        return given
      }
    }
    const reading = (words: Words) => {
      const arena = new Arena(memoryOf(words))
      return () => {
        const at = load(words, HANDED)
        if (at === 0) return
        ok(arena.reach(at + GRANULE), `${at} was handed out and is out of reach`)
        strictEqual(arena.words[at], 1)
      }
    }
    const scenario = (threads: Scenario['threads'], heirs?: readonly number[]): Scenario => ({
      words: HANDED + 1,
      prepare: words => {
        words[SIZE] = FIRST_PAGES
        words[NEXT] = PAGE / GRANULE
      },
      threads: heirs === undefined ? threads : [...threads, allocating(9, heirs)],
      ...(heirs === undefined ? {} : { victim: 0 }),
      always: () => memory => {
        ok(memory[NEXT]! * GRANULE <= memory[SIZE]! * PAGE, 'what is handed out lies in the memory')
      },
      check: ({ results, memory }) => {
        const taken = new Set<number>()
        for (const [at, count] of results.flatMap(given => (given as Given | undefined) ?? [])) {
          if (at < 0) {
            const room = MOST_PAGES * PAGE - (memory[NEXT]! + 1) * GRANULE
            ok(room < count, `refused ${count} words, and there is room for ${room}`)
          }
          for (let i = at; i >= 0 && i < at + count; i++) {
            ok(!taken.has(i), `word ${i} belongs to two`)
            taken.add(i)
          }
          ok(at + count <= MOST_PAGES * PAGE - GRANULE, 'the last granule is nobody’s')
        }
      },
      name: at => (at === NEXT ? 'next' : at === SIZE ? 'pages' : at === HANDED ? 'handed' : `word ${at}`),
    })
    return {
      'two that make it grow': scenario([allocating(1, [GRANULE, 2 * GRANULE]), allocating(2, [GRANULE, GRANULE])]),
      'two until it is full': scenario([allocating(1, [3 * GRANULE, 3 * GRANULE]), allocating(2, [GRANULE, GRANULE])]),
      'three that make it grow': scenario([1, 2, 3].map(who => allocating(who, [GRANULE]))),
      'one that is handed what lies beyond its view': scenario([allocating(1, [GRANULE, GRANULE]), reading]),
      'who allocates dies': scenario([allocating(1, [GRANULE, GRANULE]), allocating(2, [GRANULE])], [GRANULE]),
      'who makes it grow dies': scenario([allocating(1, [5 * GRANULE]), allocating(2, [7 * GRANULE])], []),
    }
  },
  faults: {
    // As it was until the stand-in told threads as late as V8 does.
    'a view is taken without a growth by nothing': [['    this.memory.grow(0)\n', '']],
    // As it was until the model found it.
    'a growth that asks for too much is not tried again': [
      ['if (this.words.length > length) return this.#grow(end)', ''],
    ],
    'the next granule is stored': [
      [
        'if (replace(this.words, NEXT, next, next + granules)) return next * GRANULE',
        'store(this.words, NEXT, next + granules)\n      return next * GRANULE',
      ],
      ['import { load, replace,', 'import { load, replace, store,'],
    ],
    'granules are taken before the memory has them': [
      ['if (end > this.words.length && !this.reach(end)) this.#grow(end)\n', ''],
      [
        'next + granules)) return next * GRANULE',
        'next + granules)) {\n        if (end > this.words.length && !this.reach(end)) this.#grow(end)\n        return next * GRANULE\n      }',
      ],
    ],
    'the last granule is handed out': [['(next + granules + 1) * GRANULE', '(next + granules) * GRANULE']],
  },
})
