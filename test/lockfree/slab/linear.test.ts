import { ok, strictEqual } from 'node:assert/strict'

import { describe, expect, it } from 'vitest'

import { Slab } from '../../../src/lockfree/slab.ts'
import { Arena } from '../../../src/memory/arena.ts'
import { arenas } from '../../support/arenas.ts'
import { type Edit, mutant } from '../../support/mutant.ts'
import { atEveryStep, watch } from '../../support/stepped.ts'
import { inThreads } from '../../support/threads.ts'
import { type Data, END, type Report } from './slab.thread.ts'

type Class = new (arena: Arena, at: number, size: number, link: number, chunk: number) => Slab

/** The owner and those who free remotely interrupt each other; at the end every record is free, once. */
function check(Class: Class): number {
  const play = (interrupted: 'allocate' | 'freeRemotely', intrusions: readonly string[]): number =>
    atEveryStep(() => {
      const [arena] = arenas(1, Arena.start + Slab.words) as [Arena]
      const { words } = arena
      const slab = new Class(arena, Arena.start, 32, 0, 6)
      const used: number[] = []
      let carved = 0
      const allocate = (): void => {
        const record = slab.allocate(() => void carved++)
        ok(!used.includes(record), 'given twice (I2)')
        used.push(record)
      }
      const freeRemotely = (): void => slab.freeRemotely(used.shift()!)
      for (let i = 0; i < 6; i++) allocate()
      freeRemotely()
      freeRemotely()
      arena.words = watch(words)
      const operations: Record<string, () => void> = { allocate, freeRemotely }
      return {
        operation: operations[interrupted]!,
        intrusions: intrusions.map(name => operations[name]!),
        check: () => {
          arena.words = words
          while (used.length < 6) allocate()
          strictEqual(carved, 6, 'nothing is lost: no need to carve')
        },
      }
    })
  return (
    play('freeRemotely', ['freeRemotely', 'freeRemotely', 'allocate']) +
    play('freeRemotely', ['allocate', 'allocate', 'freeRemotely']) +
    play('freeRemotely', ['allocate', 'freeRemotely', 'freeRemotely']) +
    play('allocate', ['freeRemotely', 'freeRemotely'])
  )
}

describe('interrupted at every access', () => {
  it('a slab loses no record and doubles none (I1, I2)', async () => {
    const stepped = await mutant<{ Slab: Class }>('lockfree/slab.ts', [], true)
    expect(check(stepped.Slab)).toBeGreaterThan(50)
  })
})

const faults: Record<string, Edit[]> = {
  'freed remotely by a store': [
    ['import { exchange, load, replace }', 'import { exchange, load, store }'],
    ['if (replace(words, this.#remote, head, first)) return', 'store(words, this.#remote, first)\n      return'],
  ],
  'linked after it was freed': [
    ['      words[last + this.#link] = head\n      if (', '      if ('],
    ['head, first)) return', 'head, first)) return void (words[last + this.#link] = head)'],
  ],
  'remote list taken by a load and a store (I2)': [
    ['import { exchange, load, replace }', 'import { exchange, load, replace, store }'],
    ['? 0 : exchange(words, this.#remote, 0)', '? 0 : load(words, this.#remote)\n      store(words, this.#remote, 0)'],
  ],
  'remote frees go to the list of the owner (I1)': [
    ['const head = load(words, this.#remote)', 'const head = load(words, this.#free)'],
    ['if (replace(words, this.#remote, head, first)) return', 'if (replace(words, this.#free, head, first)) return'],
  ],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Slab: Class }>('lockfree/slab.ts', edits, true)
    expect(() => check(faulty.Slab)).toThrow('interrupted before')
  })
})

describe('on threads', () => {
  it.for([1, 3])('200 000 records given by the owner and freed by %i others: none lost, none doubled', async others => {
    const [arena] = arenas(1, END) as [Arena]
    const data: Data[] = Array.from({ length: others + 1 }, (_, index) => ({
      memory: arena.memory,
      index,
      others,
      records: 200_000,
    }))
    const [owner] = await inThreads<Report>(new URL('slab.thread.ts', import.meta.url), data)
    expect(owner!.fault).toBe('')
    expect(owner!.free).toBe(owner!.carved)
  })
})
