import { describe, expect, it } from 'vitest'

import { Counters } from '../../src/scheduler/counters.ts'
import { Modules } from '../../src/scheduler/modules.ts'
import { Registry } from '../../src/scheduler/registry.ts'
import {
  claim,
  CLAIMED,
  PUBLISHED,
  refOf,
  seatOf,
  STATE,
  stateOf,
  takeBack,
  TASK,
  withState,
} from '../../src/scheduler/slot.ts'
import { enlist } from '../../src/scheduler/tasks.ts'
import { Thief } from '../../src/scheduler/thief.ts'
import { type Edit, mutant } from '../support/mutant.ts'

const OWNER = 0
const THIEF = 1
const known = enlist(() => {}, 'file:///tasks/thief.ts', '0')

/** An owner that offers jobs, and a thief that looks when the test says so: nothing happens between two looks but what stands there. */
class Scene {
  readonly #registry = Registry.initialise(2)
  readonly #slab = this.#registry.slab(OWNER)
  readonly #task = this.#registry.directory.idOf(known)
  readonly #thief: Thief

  constructor(Class: typeof Thief) {
    const { directory } = this.#registry
    this.#thief = new Class(this.#registry, THIEF, new Counters(this.#registry, THIEF), new Modules(directory))
    this.#thief.take(-1, 0)
  }

  offer(): number {
    const { arena, deques } = this.#registry
    const slot = this.#slab.allocate(this.#registry.prepare(OWNER))
    const word = withState(arena.words[slot + STATE]!, PUBLISHED, 0)
    arena.words[slot + TASK] = this.#task
    arena.words[slot + STATE] = word
    expect(deques[OWNER]!.push(refOf(slot, word), () => false)).toBe(true)
    return slot
  }

  /** The entry stays behind, dead. */
  takeBack(slot: number): void {
    const { arena } = this.#registry
    expect(takeBack(arena, slot, arena.words[slot + STATE]!)).toBe(true)
  }

  /** Somebody else has claimed it, and has not come to clear its entry. */
  lose(slot: number): void {
    const { arena } = this.#registry
    expect(claim(arena, slot, arena.words[slot + STATE]!, 2)).toBe(true)
  }

  /** The job that one look takes, or 0. */
  look(): number {
    const slot = this.#thief.take(-1, 0)
    const word = this.#registry.arena.words[slot + STATE]!
    if (slot !== 0) expect([stateOf(word), seatOf(word)]).toEqual([CLAIMED, THIEF])
    return slot
  }

  get restless(): boolean {
    return this.#thief.restless
  }
}

const laws: Record<string, (Class: typeof Thief) => void> = {
  'a job is taken at the second look'(Class) {
    const scene = new Scene(Class)
    const job = scene.offer()
    expect([scene.look(), scene.restless]).toEqual([0, true])
    expect(scene.look()).toBe(job)
  },

  'what comes and goes between two looks is left alone, and no reason to sleep soundly'(Class) {
    const scene = new Scene(Class)
    for (let i = 0; i < 50; i++) {
      const job = scene.offer()
      expect([scene.look(), scene.restless]).toEqual([0, true])
      scene.takeBack(job)
    }
  },

  'the oldest is taken at the second look, however busy its owner is behind it'(Class) {
    const scene = new Scene(Class)
    const oldest = scene.offer()
    expect(scene.look()).toBe(0)
    scene.takeBack(scene.offer())
    scene.offer()
    expect(scene.look()).toBe(oldest)
  },

  'what lies behind hundreds that have gone is taken at the second look'(Class) {
    const scene = new Scene(Class)
    for (let i = 0; i < 200; i++) {
      const job = scene.offer()
      if (i % 3 === 0) scene.lose(job)
      else scene.takeBack(job)
    }
    const job = scene.offer()
    expect(scene.look()).toBe(0)
    expect(scene.look()).toBe(job)
  },

  'the same after it has met the first of them'(Class) {
    const scene = new Scene(Class)
    const gone = Array.from({ length: 200 }, () => scene.offer())
    expect(scene.look()).toBe(0)
    for (const job of gone) scene.takeBack(job)
    const job = scene.offer()
    // The first is still the oldest, and is cleared; the rest waits for a look at which the owner has not moved.
    expect(scene.look()).toBe(0)
    expect(scene.look()).toBe(job)
  },

  'a deque that has been cleared is at rest'(Class) {
    const scene = new Scene(Class)
    scene.takeBack(scene.offer())
    expect(scene.look()).toBe(0)
    expect(scene.look()).toBe(0)
    expect([scene.look(), scene.restless]).toEqual([0, false])
  },
}

describe('a thief', () => {
  it.for(Object.entries(laws))('%s', ([, law]) => law(Thief))
})

const faults: Record<string, Edit[]> = {
  'takes what it has cleared itself for a sign of life': [
    [
      '        deque.forget()\n        // That was not the owner: else a thief would clear one dead entry a look, and come late to what lies behind hundreds.\n        this.#pulses[victim] = deque.pulse\n',
      '        deque.forget()\n',
    ],
  ],
  'takes what is new': [['if (!ripe && ref !== this.#oldest[victim])', 'if (!ripe && ref !== ref)']],
  'forgets which was the oldest': [['this.#oldest[victim] = ref', 'this.#oldest[victim] = 0']],
  'sleeps soundly beside jobs that come and go': [
    ['        this.#oldest[victim] = ref\n        this.restless = true', '        this.#oldest[victim] = ref'],
  ],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Thief: typeof Thief }>('scheduler/thief.ts', edits)
    const found = Object.values(laws).filter(law => {
      try {
        law(faulty.Thief)
        return false
      } catch {
        return true
      }
    })
    expect(found).not.toEqual([])
  })
})
