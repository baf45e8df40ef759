import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import { describe, expect, it } from 'vitest'

import type { Mailbox } from '../../../src/lockfree/mailbox.ts'
import { Arena } from '../../../src/memory/arena.ts'
import { type Edit, mutant } from '../../support/mutant.ts'
import { arenas } from '../../support/arenas.ts'
import { atEveryStep, watch } from '../../support/stepped.ts'
import { inThreads } from '../../support/threads.ts'
import { type Data, END, type Report } from './mailbox.thread.ts'

type Class = new (arena: Arena, head: number, link: number) => Mailbox

const record = (sender: number, n: number): number => 1024 + 32 * (8 * sender + n)

/** Senders and the receiver interrupt each other; each record arrives once, in the order of its sender. */
function check(Class: Class): number {
  const play = (interrupt: 'send' | 'take', intrusions: readonly string[]): number =>
    atEveryStep(() => {
      const [arena] = arenas(1, Arena.start + 1) as [Arena]
      arena.words = watch(arena.words)
      const box = new Class(arena, Arena.start, 0)
      const sent: number[][] = [[], [], []]
      const taken: number[] = []
      let woken = 0
      const send = (sender: number): void => {
        const next = record(sender, sent[sender]!.length)
        sent[sender]!.push(next)
        if (box.send(next)) woken++
      }
      let batches = 0
      const take = (): void => {
        const before = taken.length
        box.take(record => {
          taken.push(record)
          arena.words[record] = 0
        })
        if (taken.length > before) batches++
      }
      for (let i = 0; i < 2; i++) send(0)
      return {
        operation: interrupt === 'send' ? () => send(0) : take,
        intrusions: intrusions.map(what => (what === 'take' ? take : () => send(Number(what)))),
        check: () => {
          take()
          ok(!box.holds())
          strictEqual(taken.length, new Set(taken).size, 'taken twice')
          for (const [sender, records] of sent.entries())
            deepStrictEqual(
              taken.filter(record => Math.floor((record - 1024) / 256) === sender),
              records,
              'each once, in order',
            )
          strictEqual(woken, batches, 'one sender in each batch learns that the box was empty')
        },
      }
    })
  return (
    play('send', ['1', '2', 'take']) +
    play('send', ['take', '1', 'take']) +
    play('send', ['take', '1', '1']) +
    play('take', ['1', '2', '1'])
  )
}

describe('interrupted at every access', () => {
  it('a mailbox loses no record, doubles none and keeps the order of each sender (I1, I2)', async () => {
    const stepped = await mutant<{ Mailbox: Class }>('lockfree/mailbox.ts', [], true)
    expect(check(stepped.Mailbox)).toBeGreaterThan(100)
  })
})

const faults: Record<string, Edit[]> = {
  'sent by a store (I2)': [
    ['import { load, replace }', 'import { load, replace, store }'],
    ['if (replace(words, this.#head, head, record)) return', 'store(words, this.#head, record)\n      return'],
  ],
  'taken by a load and a store (I2)': [
    ['import { load, replace }', 'import { load, replace, store }'],
    ['if (replace(arena.words, this.#head, record, 0)) break', 'store(arena.words, this.#head, 0)\n      break'],
  ],
  'linked after it was sent': [
    ['      words[record + this.#link] = head\n', ''],
    [
      'head, record)) return',
      'head, record)) words[record + this.#link] = head\n      if (load(words, this.#head) >= 0) return',
    ],
  ],
  'linked to a head read before, on the second try': [
    [
      '    for (;;) {\n      const words = this.#arena.words\n      const head',
      '    const words = this.#arena.words\n    let head',
    ],
    [
      'if (replace(words, this.#head, head, record)) return head === 0\n    }',
      'while (!replace(words, this.#head, head, record)) head = load(words, this.#head)\n      return head === 0',
    ],
  ],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Mailbox: Class }>('lockfree/mailbox.ts', edits, true)
    expect(() => check(faulty.Mailbox)).toThrow('interrupted before')
  })
})

describe('on threads', () => {
  it.for([1, 3])('%i senders, 200 000 records each: all arrive once, in the order of each sender', async senders => {
    const [arena] = arenas(1, END) as [Arena]
    const data: Data[] = Array.from({ length: senders + 1 }, (_, index) => ({
      memory: arena.memory,
      index,
      senders,
      records: 200_000,
    }))
    const [report] = await inThreads<Report>(new URL('mailbox.thread.ts', import.meta.url), data)
    expect(report).toEqual({ fault: '', taken: Array(senders).fill(200_000) as number[] })
  })
})
