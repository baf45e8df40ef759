import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import type * as heaps from '../../../src/scheduler/heap.ts'
import type * as arenas from '../../../src/memory/arena.ts'
import { GRANULE } from '../../../src/memory/arena.ts'
import type { Scenario } from '../explore.ts'
import { type Model, structure } from '../model.ts'
import { add, load, store, type Words } from '../seam.ts'

const CLASSES = 2
/** Words of list heads in a seat; each class has two, what its home has freed and what others have. */
const HEADS = 2 * CLASSES
const HANDED = 2 * HEADS
const NEXT = HANDED + 2
const FIRST = GRANULE
const [LINK, HEADER] = [1, 4]
/** The one whose blocks are handed on; not 0, so that a seat that is not written down shows. */
const HOME = 1
const AWAY = 0
const IN_USE = 7
const [SHORT, LONG] = [8, 40]

/** One seat allocates blocks of two classes and hands them to another, which frees them; meanwhile it goes on. */
export const model: Model = structure<typeof heaps>({
  path: 'scheduler/heap.ts',
  small: [
    ['const CLASSES = 21', `const CLASSES = ${CLASSES}`],
    ['const CHUNK_WORDS = 16_384', 'const CHUNK_WORDS = 64'],
  ],
  scenarios: ({ Heap }) => {
    const make = (words: Words, seat: number) => {
      const allocate = (count: number): number => FIRST + add(words, NEXT, count)
      const arena = { words, reach: () => true, allocate } as unknown as arenas.Arena
      const heap = new Heap(arena, home => home * HEADS, seat)
      return {
        allocate(length: number): number {
          const at = heap.allocate(length)
          strictEqual(words[at], 0, 'a block is handed out while it is in use')
          words[at] = IN_USE
          return at
        },
        free(at: number): void {
          words[at] = 0
          heap.free(at)
        },
      }
    }
    const home = (words: Words) => {
      const heap = make(words, HOME)
      return () => {
        const handed = [heap.allocate(SHORT), heap.allocate(LONG)]
        for (const [i, at] of handed.entries()) store(words, HANDED + i, at)
        const kept = heap.allocate(SHORT)
        heap.free(kept)
        return [heap.allocate(SHORT), heap.allocate(LONG), heap.allocate(SHORT)]
      }
    }
    const away = (words: Words) => {
      const heap = make(words, AWAY)
      return () => {
        const own = heap.allocate(SHORT)
        for (const i of [0, 1]) {
          const at = load(words, HANDED + i)
          if (at !== 0) heap.free(at)
        }
        heap.free(own)
        return [heap.allocate(SHORT)]
      }
    }
    /** Takes the seat of a dead one as it finds it. */
    const heir = (words: Words) => {
      const heap = make(words, HOME)
      return () => [heap.allocate(SHORT), heap.allocate(LONG), heap.allocate(SHORT)]
    }
    const scenario = (more: Partial<Scenario>): Scenario => ({
      words: FIRST + 20 * GRANULE,
      threads: [home, away],
      // `allocate` looks plainly at what others have freed before it takes it: a hint (lockfree/slab.ts).
      mayRace: at => at < HANDED && at % 2 === 1,
      check: ({ results, memory, died }) => {
        const blocks: number[] = []
        for (const seat of [AWAY, HOME]) {
          for (let size = 0; size < CLASSES; size++) {
            for (const head of [0, 1]) {
              for (let at = memory[seat * HEADS + 2 * size + head]!; at !== 0; at = memory[at + LINK]!) {
                blocks.push(at)
                ok(blocks.length < 20, 'a list bites its tail')
                if (at + HEADER === memory[HANDED]) deepStrictEqual([seat, size], [HOME, 0], 'where the short one is')
                if (at + HEADER === memory[HANDED + 1])
                  deepStrictEqual([seat, size], [HOME, 1], 'where the long one is')
              }
            }
          }
        }
        for (const at of results.flatMap(held => (held as number[] | undefined) ?? [])) blocks.push(at - HEADER)
        strictEqual(new Set(blocks).size, blocks.length, 'a block is in two places')
        const lent = [0, 1].filter(
          i => memory[memory[HANDED + i]!] === IN_USE && !blocks.includes(memory[HANDED + i]! - HEADER),
        )
        let granules = 0
        for (const at of blocks) granules += memory[at] === 1 ? 2 : 1
        for (const i of lent) granules += i + 1
        if (!died) strictEqual(granules * GRANULE, memory[NEXT], 'a block is lost')
      },
      name: at =>
        at < HANDED
          ? `head ${at}`
          : at < NEXT
            ? `handed ${at - HANDED}`
            : `granule ${Math.trunc(at / GRANULE)} +${at % GRANULE}`,
      ...more,
    })
    return {
      'one that allocates, one that frees': scenario({}),
      'who frees dies': scenario({ threads: [home, away, () => () => undefined], victim: 1 }),
      'who allocates dies': scenario({ threads: [home, away, heir], victim: 0 }),
    }
  },
  faults: {
    'every block is freed as one’s own': [['if (home === this.#home) this', 'if (home >= 0) this']],
    'a block of another seat goes to one’s own list': [
      ['else this.#slab(home, size).freeRemotely(block)', 'else this.#slab(this.#home, size).freeRemotely(block)'],
    ],
    'a block of another seat is freed as its home would': [
      ['else this.#slab(home, size).freeRemotely(block)', 'else this.#slab(home, size).free(block)'],
    ],
    'the class is not written down': [['      this.#arena.words[fresh + CLASS] = size\n', '']],
    'the home is not written down': [['      this.#arena.words[fresh + HOME] = this.#home\n', '']],
  },
})
