import { strictEqual } from 'node:assert/strict'

import { describe, expect, it } from 'vitest'

import { LimitError } from '../../src/errors.ts'
import { Deque } from '../../src/lockfree/deque.ts'
import { Sleepers } from '../../src/lockfree/sleepers.ts'
import { LINE } from '../../src/memory/layout.ts'
import { Directory } from '../../src/scheduler/directory.ts'
import { Heap } from '../../src/scheduler/heap.ts'
import { VACANT, WORKER } from '../../src/scheduler/duty.ts'
import {
  ACTIVE,
  COUNTERS,
  DUTY,
  Registry,
  TAKEN,
  type Registry as RegistryClass,
  WANT,
} from '../../src/scheduler/registry.ts'
import { allSlots, HOME, LINK, SEATS } from '../../src/scheduler/slot.ts'
import { taskOf } from './directory.thread.ts'
import { type Edit, mutant } from '../support/mutant.ts'

type Class = Pick<typeof RegistryClass, 'initialise' | 'attach'>

/** Uses every part of a pool's memory, each from another view, and looks whether one has disturbed another. */
function check(Class: Class, threads: number, extra = 0): void {
  const seats = threads + 1 + extra
  const home = Class.initialise(threads, extra)
  const far = Class.attach(home.arena.memory, threads)
  expect([far.threads, far.seats, far.caller]).toEqual([threads, seats, threads])
  const before = home.arena.used
  const ids = Array.from({ length: 40 }, (_, n) => home.directory.idOf(taskOf(n)))

  const slots: number[] = []
  for (let seat = 0; seat < seats; seat++) {
    const words = home.arena.words
    words.fill(-1, home.seat(seat) + COUNTERS, home.seat(seat) + COUNTERS + 16)
    words[home.seat(seat) + WANT] = words[home.seat(seat) + ACTIVE] = seat + 1
    slots.push(home.slab(seat).allocate(home.prepare(seat)))
    expect(home.heap(seat).allocate(100)).toBeGreaterThan(before)
    home.sleepers.announce(seat, true)
    home.sleepers.seek(seat)
    for (let job = 1; job <= home.deques[seat]!.capacity; job++) {
      strictEqual(
        home.deques[seat]!.push(1000 * seat + job, () => false),
        true,
      )
    }
    home.mailboxes[seat]!.send(slots[seat]!)
  }

  for (let seat = 0; seat < seats; seat++) {
    const words = far.arena.words
    expect([words[far.seat(seat) + WANT], words[far.seat(seat) + ACTIVE]]).toEqual([seat + 1, seat + 1])
    for (let job = 1; job <= far.deques[seat]!.capacity; job++) {
      strictEqual(far.deques[seat]!.look(), 1000 * seat + job)
      far.deques[seat]!.forget()
    }
    const got: number[] = []
    far.mailboxes[seat]!.take(slot => void got.push(slot))
    expect(got).toEqual([slots[seat]])
    expect(far.arena.words[slots[seat]! + HOME]).toBe(seat)
    expect(far.sleepers.wake(seat)).toBe(true)
  }
  expect(far.sleepers.idle).toBe(2 * seats)
  expect(ids.map(id => far.directory.keyOf(id))).toEqual(ids.map((_, n) => taskOf(n).key))
  const all = [...allSlots(far.arena, far.control)]
  expect(all.length).toBe(64 * seats)
  expect(slots.every(slot => all.includes(slot) && slot >= before)).toBe(true)
}

describe('a registry', () => {
  it.for([0, 1, 2, 31, 32, 40])('keeps the parts of a pool of %i threads apart', threads => check(Registry, threads))

  it.for([
    [0, 1],
    [2, 29],
    [30, 40],
  ] as const)('keeps those of %i threads and %i that may come later apart', ([threads, extra]) =>
    check(Registry, threads, extra),
  )

  it('has its extra seats vacant, and nobody need look at them', () => {
    const registry = Registry.initialise(2, 5)
    const { arena, control } = registry
    expect(Array.from({ length: 8 }, (_, seat) => arena.words[registry.seat(seat) + DUTY])).toEqual([
      WORKER,
      WORKER,
      WORKER,
      VACANT,
      VACANT,
      VACANT,
      VACANT,
      VACANT,
    ])
    expect([registry.inUse, registry.recentlyInUse]).toEqual([3, 3])
    arena.words[control + TAKEN] = 2
    const far = Registry.attach(arena.memory, 2)
    expect([far.inUse, far.recentlyInUse, far.seats]).toEqual([5, 5, 8])
  })

  it('takes 3 kB for a seat that may come later', () => {
    const bytes = 4 * (Registry.initialise(2, 100).arena.used - Registry.initialise(2, 0).arena.used)
    expect(bytes / 100).toBeLessThan(3 * 1024)
  })

  it('keeps words that different threads write in different lines', () => {
    const registry = Registry.initialise(2)
    const lines = [0, 1, 2].flatMap(seat => [0, COUNTERS].map(at => (registry.seat(seat) + at) / LINE))
    expect(lines.every(line => Number.isInteger(line))).toBe(true)
    expect(WANT % LINE).toBe(0)
    expect(Math.floor(ACTIVE / LINE)).not.toBe(Math.floor(WANT / LINE))
    expect(LINK).toBeGreaterThan(0)
  })

  it('takes what it needs and not much more', () => {
    const parts =
      Directory.words + Sleepers.size(3) + 2 * Deque.size(256) + Deque.size(65_536) + 3 * (Heap.words + 6 * LINE)
    expect(Registry.initialise(2).arena.used).toBeLessThan(parts + 1024)
  })

  it('gives the caller room for more jobs, if there is anybody to run them', () => {
    expect(Registry.initialise(2).deques.map(deque => deque.capacity)).toEqual([256, 256, 65_536])
    expect(Registry.initialise(0).deques.map(deque => deque.capacity)).toEqual([256])
  })

  it('refuses more threads than a state word can name', () => {
    expect(() => Registry.initialise(SEATS)).toThrow(LimitError)
    expect(Registry.initialise(SEATS - 1).seats).toBe(SEATS)
  })
})

const faults: Record<string, Edit[]> = {
  'extra seats are forgotten by those who attach': [
    ['arena.words[mapOf(threads, 0).control + control.at.extra]!', '0'],
  ],
  'no seat for the caller': [['seats: take(seat.size * seats)', 'seats: take(seat.size * threads)']],
  'no bell for the caller': [
    ['sleepers: take(Sleepers.size(seats))', 'sleepers: take(LINE)'],
    ['import { layout, roundUp }', 'import { layout, LINE, roundUp }'],
  ],
  'deques overlap': [['take(Deque.size(capacityOf(i, threads)))', 'take(Deque.size(16))']],
  'what lies behind is handed out twice': [['    end: next,', '    end: Arena.start,']],
  'the directory overlaps': [['directory: take(Directory.words)', 'directory: take(1)']],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Registry: Class }>('scheduler/registry.ts', edits)
    expect(() => check(faulty.Registry, 2, 3)).toThrow()
  })
})
