import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { LimitError, TaskError } from '../../src/errors.ts'
import { Arena } from '../../src/memory/arena.ts'
import { Directory, type Directory as DirectoryClass } from '../../src/scheduler/directory.ts'
import type { TaskRecord } from '../../src/scheduler/tasks.ts'
import { arenas } from '../support/arenas.ts'
import { type Edit, mutant } from '../support/mutant.ts'
import { atEveryStep, watch } from '../support/stepped.ts'
import { inThreads } from '../support/threads.ts'
import { type Data, taskOf } from './directory.thread.ts'

type Class = typeof DirectoryClass

const AT = Arena.start
const directories = (count: number, Class: Class = Directory): [DirectoryClass[], Arena[]] => {
  const all = arenas(count, AT + Directory.words)
  return [all.map(arena => new Class(arena, AT)), all]
}
const record = (index: number, low: number, high: number, source = 1): TaskRecord => ({
  ...taskOf(index),
  key: [low, high],
  source,
})

describe('a directory', () => {
  it('gives a task the same number in every thread, and tells its name and module', () => {
    const [[one, other]] = directories(2) as [[DirectoryClass, DirectoryClass], Arena[]]
    const ids = [3, 1, 2].map(n => one.idOf(taskOf(n)))
    expect([3, 1, 2].map(n => other.idOf(taskOf(n)))).toEqual(ids)
    expect(new Set(ids).size).toBe(3)
    expect([other.keyOf(ids[0]!), other.urlOf(ids[0]!)]).toEqual([taskOf(3).key, taskOf(3).url])
  })

  it('knows no task under other numbers', () => {
    const [[one]] = directories(1) as [[DirectoryClass], Arena[]]
    const id = one.idOf(taskOf(1))
    expect([-1, 4096, 1e9, (id + 1) % 4096, -(2 ** 31)].map(other => one.keyOf(other))).toEqual(
      Array(5).fill(undefined),
    )
  })

  it('refuses other source text under the same name', () => {
    const [[one, other]] = directories(2) as [[DirectoryClass, DirectoryClass], Arena[]]
    one.idOf(record(0, 5, 6, 1))
    expect(() => other.idOf(record(0, 5, 6, 2))).toThrow(TaskError)
    expect(other.idOf(record(0, 5, 6, 1))).toBe(5)
  })

  it('finishes what a thread that died has left at any word', () => {
    const { key, source } = taskOf(1)
    for (const written of [1, 2, 3]) {
      const [[one], [arena]] = directories(1) as [[DirectoryClass], [Arena]]
      const entry = AT + (Directory.words / 4096) * (key[0] & 4095)
      arena.words.set([...key, source].slice(0, written), entry)
      expect(one.keyOf(key[0] & 4095)).toBe(undefined)
      const id = one.idOf(taskOf(1))
      expect([id, one.keyOf(id), one.urlOf(id)]).toEqual([key[0] & 4095, key, taskOf(1).url])
    }
  })

  it('keeps tasks apart whose hashes collide in one half, or in their place', () => {
    const [[one, other]] = directories(2) as [[DirectoryClass, DirectoryClass], Arena[]]
    const tasks = [record(0, 4095, 1), record(1, 4095, 2), record(2, 4095 - 4096, 1), record(3, 8191, 2)]
    const ids = tasks.map(task => one.idOf(task))
    expect(ids).toEqual([4095, 0, 1, 2])
    expect(tasks.toReversed().map(task => other.idOf(task))).toEqual(ids.toReversed())
    expect(ids.map(id => one.keyOf(id))).toEqual(tasks.map(task => task.key))
  })

  it('says when it is full', () => {
    const [[one]] = directories(1) as [[DirectoryClass], Arena[]]
    const enter = (): void => {
      for (let n = 0; n < 600; n++) one.idOf(record(n, 7, n + 1))
    }
    expect(enter).toThrow(LimitError)
  })

  it('remembers which module has ended three threads in a row, for all', () => {
    const [[one, other]] = directories(2) as [[DirectoryClass, DirectoryClass], Arena[]]
    const [a, b] = [one.idOf(record(0, 7, 1)), one.idOf(record(1, 8, 1))]
    one.blame(a)
    one.blame(a)
    expect(other.isPoisoned(a)).toBe(false)
    other.absolve(a)
    one.blame(a)
    one.blame(a)
    expect(other.isPoisoned(a)).toBe(false)
    one.blame(a)
    expect([other.isPoisoned(a), other.isPoisoned(b), other.idOf(record(1, 8, 1))]).toEqual([true, false, b])
  })
})

const entry = fc.record({
  thread: fc.nat(2),
  low: fc.constantFrom(1, 4095, 4096, -1, 2, 8191),
  high: fc.integer({ min: 1, max: 3 }),
})

/** Threads enter names that collide as often as they can: a name has one number, a number one name. */
function check(
  Class: Class,
  parameters: fc.Parameters<[readonly { thread: number; low: number; high: number }[]]>,
): void {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 30 }), entries => {
      const [all] = directories(3, Class)
      const ids = new Map<string, number>()
      for (const { thread, low, high } of entries) {
        const index = 10 * [1, 4095, 4096, -1, 2, 8191].indexOf(low) + high
        const id = all[thread]!.idOf(record(index, low, high))
        ok(id >= 0 && id < 4096)
        const key = `${low},${high}`
        strictEqual(id, ids.get(key) ?? id, 'the same number everywhere')
        ids.set(key, id)
        deepStrictEqual(all[2]!.keyOf(id), [low, high])
        strictEqual(all[0]!.urlOf(id), taskOf(index % 10).url.replace(/\d+/, String(index)))
      }
      strictEqual(new Set(ids.values()).size, ids.size, 'a number of its own')
    }),
    parameters,
  )
}

/** Two others enter names at the same place while one does. */
function race(Class: Class): number {
  return atEveryStep(() => {
    const [arena] = arenas(1, AT + Directory.words) as [Arena]
    const { words } = arena
    const views = [0, 1, 2].map(() => {
      const view = new Arena(arena.memory)
      view.words = watch(words)
      view.allocate = count => arena.allocate(count)
      return new Class(view, AT)
    })
    const tasks = [record(0, 9, 1), record(1, 9, 2), record(0, 9, 1)]
    const ids: number[] = []
    const enter = (thread: number) => (): void => void (ids[thread] = views[thread]!.idOf(tasks[thread]!))
    return {
      operation: enter(0),
      intrusions: [enter(1), enter(2)],
      check: () => {
        strictEqual(ids[0], ids[2], 'one name, one number')
        ok(ids[0] !== ids[1], 'two names, two numbers')
        const fresh = new Directory(arena, AT)
        deepStrictEqual(
          tasks.map(task => fresh.idOf(task)),
          ids,
          'for ever',
        )
        deepStrictEqual(
          ids.map(id => fresh.keyOf(id)),
          tasks.map(task => task.key),
        )
        deepStrictEqual(
          ids.map(id => fresh.urlOf(id)),
          tasks.map(task => task.url),
        )
      },
    }
  })
}

describe('numbers', () => {
  it('belong to one name each, the same in every thread', () => check(Directory, { numRuns: 300 }))

  it('do so when entered at the same time, at every access', async () => {
    const stepped = await mutant<{ Directory: Class }>('scheduler/directory.ts', [], true)
    expect(race(stepped.Directory)).toBeGreaterThan(20)
  })

  it('do so on threads that enter 1000 tasks in orders of their own', async () => {
    const [arena] = arenas(1, AT + Directory.words + 32) as [Arena]
    const data: Data[] = [1, 3, 7, 9].map(stride => ({ memory: arena.memory, at: AT, stride, tasks: 1000, threads: 4 }))
    const [ids, ...others] = await inThreads<number[]>(new URL('directory.thread.ts', import.meta.url), data)
    expect(new Set(ids).size).toBe(1000)
    for (const other of others) expect(other).toEqual(ids)
  })
})

const faults: Record<string, Edit[]> = {
  'the second half of the name is not asked for': [
    [' || settle(words, entry + 1, high) !== high) continue', ') continue'],
  ],
  'does not go round at the end': [['(low + i) & (ENTRIES - 1)', '(low & (ENTRIES - 1)) + i']],
  'the URL loses its last letter': [['i <= length; i++', 'i < length; i++']],
}
const races: Record<string, Edit[]> = {
  'a word settled by a store': [
    ['  replace(words, at, 0, value)\n  return load(words, at)', '  words[at] = value\n  return value'],
  ],
  'the winner of a word is not looked at': [
    ['  replace(words, at, 0, value)\n  return load(words, at)', '  replace(words, at, 0, value)\n  return value'],
  ],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Directory: Class }>('scheduler/directory.ts', edits)
    expect(() => check(faulty.Directory, { seed: 1, numRuns: 300, endOnFailure: true })).toThrow('Property failed')
  })

  it.for(Object.entries(races))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Directory: Class }>('scheduler/directory.ts', edits, true)
    expect(() => race(faulty.Directory)).toThrow('interrupted before')
  })
})
