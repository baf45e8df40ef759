import { describe, expect, it } from 'vitest'

import { Mailbox } from '../../../src/lockfree/mailbox.ts'
import { Arena } from '../../../src/memory/arena.ts'
import { arenas } from '../../support/arenas.ts'

const HEAD = Arena.start
const LINK = 1

function drain(mailbox: Mailbox): number[] {
  const taken: number[] = []
  mailbox.take(record => void taken.push(record))
  return taken
}

const make = (): { box: Mailbox; arena: Arena; far: Mailbox; farArena: Arena } => {
  const [arena, farArena] = arenas(2, HEAD + 2) as [Arena, Arena]
  return { arena, farArena, box: new Mailbox(arena, HEAD, LINK), far: new Mailbox(farArena, HEAD, LINK) }
}

describe('a mailbox', () => {
  it('is empty in a zeroed word', () => {
    const { box } = make()
    expect([box.holds(), drain(box)]).toEqual([false, []])
  })

  it('tells the sender whether the box was empty, and the receiver whether it is', () => {
    const { box, arena } = make()
    const [a, b] = [arena.allocate(32), arena.allocate(32)]
    expect([box.send(a), box.holds(), box.send(b), box.holds()]).toEqual([true, true, false, true])
    expect([drain(box), box.holds(), drain(box), box.send(a)]).toEqual([[a, b], false, [], true])
  })

  it('gives records oldest first, each once (I1)', () => {
    const { box, far, arena } = make()
    const records = Array.from({ length: 100 }, () => arena.allocate(32))
    for (const [i, record] of records.entries()) (i % 2 === 0 ? box : far).send(record)
    expect(drain(box)).toEqual(records)
  })

  it('lets the receiver send a record on while it takes (I1)', () => {
    const { box, arena } = make()
    const other = new Mailbox(arena, HEAD + 1, LINK)
    const records = Array.from({ length: 4 }, () => arena.allocate(32))
    for (const record of records) box.send(record)
    const taken: number[] = []
    box.take(record => {
      taken.push(record)
      other.send(record)
    })
    expect([taken, drain(other)]).toEqual([records, records])
  })

  it('keeps what is sent to itself while it takes, for the next time', () => {
    const { box, arena } = make()
    const [a, b] = [arena.allocate(32), arena.allocate(32)]
    box.send(a)
    box.send(b)
    const taken: number[] = []
    box.take(record => {
      taken.push(record)
      box.send(record)
    })
    expect([taken, drain(box)]).toEqual([
      [a, b],
      [a, b],
    ])
  })

  it('takes records that lie beyond what its thread has seen of the memory', () => {
    const { box, far, arena, farArena } = make()
    const seen = arena.words.length
    const records = [farArena.allocate(32), farArena.allocate(2 * seen), farArena.allocate(32)]
    expect(records[2]).toBeGreaterThan(seen)
    for (const record of records) far.send(record)
    expect(drain(box)).toEqual(records)
  })

  it('keeps other words of a record', () => {
    const { box, arena } = make()
    const record = arena.allocate(32)
    arena.words.fill(7, record, record + 32)
    box.send(record)
    drain(box)
    expect([...arena.words.subarray(record, record + 32)].filter(word => word !== 7).length).toBe(1)
  })
})
