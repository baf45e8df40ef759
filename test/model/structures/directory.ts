import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import type * as directories from '../../../src/scheduler/directory.ts'
import type * as arenas from '../../../src/memory/arena.ts'
import type { TaskRecord } from '../../../src/scheduler/tasks.ts'
import type { Scenario } from '../explore.ts'
import { type Model, structure } from '../model.ts'
import { add, load, store, type Words } from '../seam.ts'

const ENTRIES = 4
const WIDTH = 5
const NEXT = ENTRIES * WIDTH
/** The number that one thread tells another. */
const TOLD = NEXT + 1
const FIRST = NEXT + 4

type Key = readonly [low: number, high: number]

/** A and B begin at the same entry and agree in half of their names; C begins at another. */
const A: Key = [5, 1]
const B: Key = [5, 2]
const C: Key = [6, 1]

function task(key: Key, index: number, source = 9): TaskRecord {
  return { fn: () => 0, arity: 0, label: 'a task', url: `u${key.join('')}`, key, index, source, waits: false }
}

/** Threads that give tasks their numbers, at the same time, in a table of four entries. */
export const model: Model = structure<typeof directories>({
  path: 'scheduler/directory.ts',
  small: [
    ['const ENTRIES = 4096', `const ENTRIES = ${ENTRIES}`],
    ['const MOST_PROBES = 512', `const MOST_PROBES = ${ENTRIES}`],
  ],
  scenarios: ({ Directory }) => {
    const make = (words: Words): directories.Directory => {
      const allocate = (count: number): number => FIRST + add(words, NEXT, count)
      return new Directory({ words, reach: () => true, allocate } as unknown as arenas.Arena, 0)
    }
    const naming = (keys: readonly Key[], source?: number) => (words: Words) => {
      const directory = make(words)
      return () =>
        keys.map((key, index) => {
          try {
            const id = directory.idOf(task(key, index, source))
            store(words, TOLD, id + 1)
            return id
          } catch (error) {
            if ((error as { code?: unknown }).code !== 'ERR_FILCH_TASK_MISMATCH') throw error
            return 'mismatch'
          }
        })
    }
    /** Is told a number, as a thief is by a slot, and must find all that it stands for. */
    const reading = (words: Words) => {
      const directory = make(words)
      return () => {
        const id = load(words, TOLD) - 1
        // One that nobody has told it, too: all of it, or nothing.
        for (const any of id < 0 ? [1] : [id, 1]) {
          const key = directory.keyOf(any)
          if (any === id) ok(key !== undefined, `nothing is known of ${any}`)
          if (key !== undefined) strictEqual(directory.urlOf(any), `u${key.join('')}`)
        }
      }
    }
    const scenario = (threads: readonly (readonly Key[])[], more: Partial<Scenario> = {}): Scenario => ({
      words: FIRST + 32,
      threads: [...threads.map(keys => naming(keys)), ...(more.threads ?? [])],
      check: ({ results, memory }) => {
        const ids = new Map<string, number>()
        for (const [thread, keys] of threads.entries()) {
          for (const [i, id] of ((results[thread] as number[] | undefined) ?? []).entries()) {
            const name = keys[i]!.join()
            strictEqual(id, ids.get(name) ?? id, `${name} has one number`)
            ids.set(name, id)
            deepStrictEqual(
              [memory[id * WIDTH], memory[id * WIDTH + 1], memory[id * WIDTH + 2]],
              [...keys[i]!, 9],
              `entry of ${name}`,
            )
          }
        }
        strictEqual(new Set(ids.values()).size, ids.size, 'two tasks have the same number')
      },
      // What `keyOf` and `urlOf` read plainly was written before the address that they have loaded.
      ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'threads')),
      name: at => (at < NEXT ? `entry ${Math.trunc(at / WIDTH)} +${at % WIDTH}` : at === TOLD ? 'told' : `word ${at}`),
    })
    return {
      'two threads, one task': scenario([[A], [A]]),
      'two threads, two tasks': scenario([[A, B], [B]]),
      'three threads, three tasks': scenario([[A], [B], [C]]),
      'one that is told the number': scenario([[A]], { threads: [reading] }),
      'other source text': {
        ...scenario([[A]], { threads: [naming([A], 8)] }),
        check: ({ results }) => {
          const [one, other] = results.map(ids => (ids as unknown[])[0])
          ok((one === 'mismatch') !== (other === 'mismatch'), `${String(one)}, ${String(other)}`)
        },
      },
      'who names a task dies': scenario([[A]], { threads: [naming([B, A])], victim: 0 }),
      'who names a task that another names dies': scenario([[A], [A]], { threads: [() => () => undefined], victim: 0 }),
    }
  },
  faults: {
    'a word is settled by a store': [['  replace(words, at, 0, value)\n', '  store(words, at, value)\n']],
    'whoever settles believes in itself': [
      ['  replace(words, at, 0, value)\n  return load(words, at)', '  replace(words, at, 0, value)\n  return value'],
    ],
    'half a name is a name': [
      [' || settle(words, entry + 1, high) !== high) continue', ') continue\n      settle(words, entry + 1, high)'],
    ],
    'the URL is written after its address': [
      ['replace(words, entry + 3, 0, this.#write(task.url))', 'this.#write(task.url, entry + 3)'],
      ['#write(url: string): number {', '#write(url: string, to: number): number {'],
      [
        '    const words = this.#arena.words\n    words[at] =',
        '    const words = this.#arena.words\n    replace(words, to, 0, at)\n    words[at] =',
      ],
    ],
    'an entry without a URL is one': [
      [
        'id >= ENTRIES || load(this.#arena.words, entry + 3) === 0',
        'id >= ENTRIES || load(this.#arena.words, entry) === 0',
      ],
    ],
    'the source is not compared': [
      ['settle(words, entry + 2, task.source) !== task.source', 'settle(words, entry + 2, task.source) === 0'],
    ],
  },
})
