import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { CorruptError, LimitError } from '../../src/errors.ts'
import { CONTENDED, EMPTY } from '../../src/lockfree/deque.ts'
import type { Arena } from '../../src/memory/arena.ts'
import * as slots from '../../src/scheduler/slot.ts'
import { arenas } from '../support/arenas.ts'
import { type Edit, mutant } from '../support/mutant.ts'
import { atEveryStep, watch } from '../support/stepped.ts'

type Slots = typeof slots

const { CLAIMED, DONE, FAILED, FREE, PUBLISHED, STATE } = slots
const GENERATIONS = 2 ** 20
const TAGS = 1024
const CHAIN = 64

const make = (count: number, generation = 0): [Arena, number[]] => {
  const [arena] = arenas(1, CHAIN + 32) as [Arena]
  const all = Array.from({ length: count }, () => arena.allocate(slots.SLOT_SIZE))
  for (const slot of all) {
    slots.prepareSlot(arena, slot, 0, CHAIN)
    arena.words[slot + STATE] = generation << 12
  }
  return [arena, all]
}
/** The highest place that a full memory has given to a slot. */
const lastSlot = (): number => {
  const [arena] = arenas(1, CHAIN + 32) as [Arena]
  arena.allocate(2 ** 27 - arena.used - 1024)
  let last = 0
  try {
    for (;;) last = arena.allocate(slots.SLOT_SIZE)
  } catch (error) {
    if (!(error instanceof LimitError)) throw error
  }
  return last
}
const publish = (arena: Arena, slot: number): number => {
  const word = slots.withState(arena.words[slot + STATE]!, PUBLISHED, 0)
  arena.words[slot + STATE] = word
  return word
}

describe('a slot', () => {
  it('fits its record, with room for a payload', () => {
    for (const delivery of [slots.JOINED, slots.MAILED, slots.SPAWNED]) {
      expect(slots.SLOT_SIZE - slots.payloadOf(delivery)).toBeGreaterThan(6)
    }
    const fields = [STATE, slots.LINK, slots.TASK, slots.HOME, slots.COUNT, slots.BLOCK, slots.LENGTH, slots.ROOT]
    fields.push(slots.DELIVERY, slots.CANCELED, slots.PROGRESS, slots.KEEPER, slots.PARENT, slots.HOLDS)
    fields.push(slots.WATCHERS, slots.STRAYS, slots.SIBLING, slots.payloadOf(slots.MAILED))
    expect(new Set(fields).size).toBe(fields.length)
  })

  it('is claimed once, by name', () => {
    const [arena, [slot]] = make(1) as [Arena, [number]]
    const word = publish(arena, slot)
    expect([slots.claim(arena, slot, word, 5), slots.claim(arena, slot, word, 6)]).toEqual([true, false])
    expect(slots.takeBack(arena, slot, word)).toBe(false)
    expect(slots.seatOf(arena.words[slot + STATE]!)).toBe(5)
  })

  it('is not claimed once its home has taken it back', () => {
    const [arena, [slot]] = make(1) as [Arena, [number]]
    const word = publish(arena, slot)
    const ref = slots.refOf(slot, word)
    expect([slots.isDead(arena, ref), slots.takeBack(arena, slot, word), slots.isDead(arena, ref)]).toEqual([
      false,
      true,
      true,
    ])
    expect(slots.claim(arena, slot, word, 1)).toBe(false)
    publish(arena, slot)
    expect([slots.claim(arena, slot, word, 1), slots.isDead(arena, ref)]).toEqual([false, true])
  })

  it('is dead or not beyond the view as well', () => {
    const [one, other] = arenas(2, CHAIN + 32) as [Arena, Arena]
    one.allocate(2 * one.words.length)
    const slot = one.allocate(32)
    slots.prepareSlot(one, slot, 0, CHAIN)
    const word = publish(one, slot)
    expect(slot).toBeGreaterThan(other.words.length)
    expect(slots.isDead(other, slots.refOf(slot, word))).toBe(false)
  })

  it('is found by the repair, with all others, also beyond the view', () => {
    const [one, other] = arenas(2, CHAIN + 32) as [Arena, Arena]
    const all = [one.allocate(32), one.allocate(2 * one.words.length), one.allocate(32)]
    for (const slot of all) slots.prepareSlot(one, slot, 3, CHAIN)
    expect([...slots.allSlots(other, CHAIN)]).toEqual(all.toReversed())
    expect(other.words[all[2]! + slots.HOME]).toBe(3)
  })

  it('has a ref that no deque takes for an outcome, at the last place and generation too', () => {
    for (const slot of [64, lastSlot()]) {
      for (let tag = 0; tag < TAGS; tag++) {
        const ref = slots.refOf(slot, tag << 12)
        expect(ref !== EMPTY && ref !== CONTENDED).toBe(true)
      }
    }
  })

  it('is not named by 100 000 forged refs', () => {
    const [arena, all] = make(3)
    const real = new Set(all.map(slot => slot / 32))
    const accepts = (ref: number): boolean => {
      try {
        slots.slotOf(arena, ref)
        return true
      } catch (error) {
        if (!(error instanceof CorruptError)) throw error
        return false
      }
    }
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1000, maxLength: 1000 }), wild => {
        // Half of them within the memory that there is.
        for (const ref of [...wild, ...wild.map(ref => ref & ~0x3f_f800)])
          strictEqual(accepts(ref), real.has(ref & 0x3f_ffff))
      }),
      { numRuns: 50 },
    )
  })
})

const kinds = ['publish', 'claim', 'late', 'takeBack', 'settle', 'release'] as const
const action = fc.record({ kind: fc.constantFrom(...kinds), slot: fc.nat(2), seat: fc.nat(slots.SEATS - 1) })
const script = fc.record({
  generation: fc.constantFrom(0, TAGS - 2, 2 ** 19 - 2, GENERATIONS - 2),
  actions: fc.array(action, { maxLength: 60 }),
})
type Script = typeof script extends fc.Arbitrary<infer T> ? T : never

/** Three slots live several lives; what was claimable must be so for exactly one, and what is dead stays dead. */
function follow(subject: Slots, { generation, actions }: Script): void {
  const [arena, all] = make(3, generation)
  const models = all.map(slot => ({ slot, state: FREE, seat: 0, generation }))
  /** Every publication there was. */
  const refs: { ref: number; word: number; slot: number; generation: number }[] = []
  const wordAt = (slot: number): number => arena.words[slot + STATE]!
  for (const { kind, slot: which, seat } of actions) {
    const model = models[which]!
    const { slot } = model
    const word = wordAt(slot)
    switch (kind) {
      case 'publish':
        if (model.state !== FREE) break
        arena.words[slot + STATE] = subject.withState(word, PUBLISHED, 0)
        model.state = PUBLISHED
        refs.push({ ref: subject.refOf(slot, word), word: wordAt(slot), slot, generation: model.generation })
        break
      case 'claim':
        if (model.state !== PUBLISHED) break
        ok(subject.claim(arena, slot, word, seat))
        model.state = CLAIMED
        model.seat = seat
        break
      case 'late': {
        // A thief with a word that it read some time ago.
        const old = refs[seat % (refs.length || 1)]
        if (old === undefined) break
        const owner = models.find(other => other.slot === old.slot)!
        const alive = owner.state === PUBLISHED && owner.generation === old.generation
        strictEqual(subject.claim(arena, old.slot, old.word, 7), alive, 'claimed if alive')
        if (alive) [owner.state, owner.seat] = [CLAIMED, 7]
        break
      }
      case 'takeBack': {
        strictEqual(subject.takeBack(arena, slot, subject.withState(word, PUBLISHED, 0)), model.state === PUBLISHED)
        if (model.state !== PUBLISHED) break
        model.state = FREE
        model.generation = (model.generation + 1) % GENERATIONS
        break
      }
      case 'settle':
        if (model.state !== CLAIMED) break
        model.state = seat % 2 === 0 ? DONE : FAILED
        arena.words[slot + STATE] = subject.withState(word, model.state, model.seat)
        break
      case 'release':
        if (model.state !== DONE && model.state !== FAILED) break
        subject.release(arena, slot)
        model.state = FREE
        model.seat = 0
        model.generation = (model.generation + 1) % GENERATIONS
        break
    }
    for (const { slot, state, seat, generation } of models) {
      const word = wordAt(slot)
      deepStrictEqual([subject.stateOf(word), word >>> 12], [state, generation], 'state and generation')
      if (state === CLAIMED || state === DONE || state === FAILED) strictEqual(subject.seatOf(word), seat, 'seat')
    }
    for (const { ref, slot, generation } of refs) {
      const model = models.find(other => other.slot === slot)!
      strictEqual(subject.slotOf(arena, ref), slot, 'slotOf')
      strictEqual(subject.names(ref, wordAt(slot)), model.generation % TAGS === generation % TAGS, 'names')
      const dead = !(model.state === PUBLISHED && model.generation === generation)
      strictEqual(subject.isDead(arena, ref), dead, 'dead, and for ever')
      strictEqual(subject.isOver(arena, ref), dead, 'over, and for ever')
    }
  }
}

function check(subject: Slots, parameters: fc.Parameters<[Script]>): void {
  fc.assert(
    fc.property(script, script => follow(subject, script)),
    parameters,
  )
}

/** Two thieves and the home want one job: one gets it. */
function race(subject: Slots): number {
  return atEveryStep(() => {
    const [arena, [slot]] = make(1) as [Arena, [number]]
    const word = publish(arena, slot)
    arena.words = watch(arena.words)
    const got: string[] = []
    const claim = (seat: number) => (): void => {
      if (subject.claim(arena, slot, word, seat)) got.push(`seat ${seat}`)
    }
    return {
      operation: claim(1),
      intrusions: [
        claim(2),
        () => {
          if (subject.takeBack(arena, slot, word)) got.push('home')
        },
      ],
      check: () => strictEqual(got.length, 1, `got by ${got.join()}`),
    }
  })
}

/** Two threads enter slots into the chain at once. */
function chain(subject: Slots): number {
  return atEveryStep(() => {
    const [arena] = arenas(1, CHAIN + 32) as [Arena]
    const all = [0, 1, 2].map(() => arena.allocate(32))
    const { words } = arena
    arena.words = watch(words)
    const prepare = (slot: number) => (): void => subject.prepareSlot(arena, slot, 0, CHAIN)
    return {
      operation: prepare(all[0]!),
      intrusions: [prepare(all[1]!), prepare(all[2]!)],
      check: () => {
        arena.words = words
        deepStrictEqual(
          [...slots.allSlots(arena, CHAIN)].toSorted((a, b) => a - b),
          all,
        )
      },
    }
  })
}

describe('slots', () => {
  it('are what a table of their states says, through the wrap of generations', () => check(slots, { numRuns: 300 }))

  it('are claimed once and lost to no chain when interrupted at every access', async () => {
    const stepped = await mutant<Slots>('scheduler/slot.ts', [], true)
    expect(race(stepped)).toBeGreaterThan(1)
    expect(chain(stepped)).toBeGreaterThan(10)
  })
})

const faults: Record<string, Edit[]> = {
  'generation not counted': [
    ['((word >>> GENERATION_SHIFT) + 1) << GENERATION_SHIFT', '(word >>> GENERATION_SHIFT) << GENERATION_SHIFT'],
  ],
  'generation lost with the claim': [
    ['return ((word >>> GENERATION_SHIFT) << GENERATION_SHIFT) | (seat', 'return (seat'],
  ],
  'generation counted with a sign': [
    [
      '((word >>> GENERATION_SHIFT) << GENERATION_SHIFT) | (seat << STATE_BITS)',
      '((word >> STATE_BITS) << GENERATION_SHIFT) | (seat << STATE_BITS)',
    ],
  ],
  'death does not ask for the generation': [
    [
      'load(arena.words, slot + STATE)\n  return stateOf(word) !== PUBLISHED || !names(ref, word)',
      'load(arena.words, slot + STATE)\n  return stateOf(word) !== PUBLISHED',
    ],
  ],
  'nor does home': [
    [
      '* GRANULE + STATE]!\n  return stateOf(word) !== PUBLISHED || !names(ref, word)',
      '* GRANULE + STATE]!\n  return stateOf(word) !== PUBLISHED',
    ],
  ],
  'the tag of a ref has one bit': [['const TAG_MASK = (1 << (32 - GRANULE_BITS)) - 1', 'const TAG_MASK = 1']],
  'seats have a bit less': [['const SEAT_MASK = (1 << SEAT_BITS) - 1', 'const SEAT_MASK = (1 << (SEAT_BITS - 1)) - 1']],
}
const races: Record<string, [Edit[], (subject: Slots) => number]> = {
  'claimed by a load and a store': [
    [
      [
        'return replace(arena.words, slot + STATE, word, withState(',
        'return load(arena.words, slot + STATE) === word && store(arena.words, slot + STATE, withState(',
      ],
      ['CLAIMED, seat))', 'CLAIMED, seat)) === undefined'],
    ],
    race,
  ],
  'taken back by a store': [
    [
      [
        'return replace(arena.words, slot + STATE, word, nextGeneration(word))',
        'store(arena.words, slot + STATE, nextGeneration(word))\n  return true',
      ],
    ],
    race,
  ],
  'chained by a store': [
    [['if (replace(words, chain, head, slot)) return', 'store(words, chain, slot)\n    return']],
    chain,
  ],
  'chained before its link is written': [
    [
      ['    words[slot + record.at.chain] = head\n', ''],
      [
        'if (replace(words, chain, head, slot)) return',
        'if (!replace(words, chain, head, slot)) continue\n    words[slot + record.at.chain] = load(words, chain) === slot ? head : 0\n    return',
      ],
    ],
    chain,
  ],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<Slots>('scheduler/slot.ts', edits)
    expect(() => check(faulty, { seed: 1, numRuns: 1000, endOnFailure: true })).toThrow('Property failed')
  })

  it.for(Object.entries(races))('%s', async ([, [edits, find]]) => {
    const faulty = await mutant<Slots>('scheduler/slot.ts', edits, true)
    expect(() => find(faulty)).toThrow('interrupted before')
  })
})
