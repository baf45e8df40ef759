import { describe, expect, it } from 'vitest'

import { CONTENDED, Deque, EMPTY } from '../../../src/lockfree/deque.ts'

const never = (): boolean => false
const always = (): boolean => true
const make = (capacity: number): [Deque, Deque, Int32Array] => {
  const words = new Int32Array(new SharedArrayBuffer(4 * (64 + Deque.size(capacity))))
  return [new Deque(words, 64, capacity), new Deque(words, 64, capacity), words]
}

describe('a deque', () => {
  it('is empty in zeroed words', () => {
    const [owner, thief] = make(4)
    expect([thief.look(), thief.length, thief.maybe, owner.length]).toEqual([EMPTY, 0, false, 0])
  })

  it('shows thieves the oldest job until it is forgotten (I2)', () => {
    const [owner, thief] = make(4)
    for (const job of [17, 18, 19]) expect(owner.push(job, never)).toBe(true)
    expect([thief.look(), thief.look(), thief.length]).toEqual([17, 17, 3])
    thief.forget()
    expect([thief.look(), thief.length]).toEqual([18, 2])
    thief.forget()
    thief.look()
    thief.forget()
    expect([thief.look(), thief.maybe]).toEqual([EMPTY, false])
  })

  it('refuses when full of jobs that live, and stores nothing (I3)', () => {
    const [owner, thief, words] = make(2)
    owner.push(1, never)
    owner.push(2, never)
    const before = words.slice()
    expect(owner.push(3, never)).toBe(false)
    expect(words).toEqual(before)
    expect(thief.look()).toBe(1)
  })

  it('makes room over dead entries, from the top and no further than the first that lives (I2)', () => {
    const [owner, thief] = make(4)
    for (const job of [1, 2, 3, 4]) owner.push(job, never)
    expect(owner.push(5, job => job !== 3)).toBe(true)
    expect([thief.look(), thief.length]).toEqual([3, 3])
  })

  it('does not make room before it is full: a dead entry costs nothing until then', () => {
    const [owner, thief] = make(4)
    owner.push(1, always)
    owner.push(2, always)
    expect(thief.length).toBe(2)
  })

  it('takes from the top what thieves have moved, before it calls itself full (I4)', () => {
    const [owner, thief] = make(2)
    for (let job = 1; job < 100; job++) {
      expect(owner.push(job, never)).toBe(true)
      expect(thief.look()).toBe(job)
      thief.forget()
    }
  })

  it('lets only one of two that looked at an entry move top', () => {
    const [owner, a, words] = make(4)
    const b = new Deque(words, 64, 4)
    owner.push(1, never)
    owner.push(2, never)
    a.look()
    b.look()
    a.forget()
    b.forget()
    expect(a.look()).toBe(2)
  })

  it('is empty once its heir has cleared it, and takes jobs again', () => {
    const [owner, thief, words] = make(2)
    owner.push(1, never)
    owner.push(2, never)
    const heir = new Deque(words, 64, 2)
    heir.clear()
    expect(thief.look()).toBe(EMPTY)
    expect([heir.push(3, never), heir.push(4, never), heir.push(5, never)]).toEqual([true, true, false])
    expect(thief.look()).toBe(3)
  })

  it('changes its pulse with each push and each entry forgotten', () => {
    const [owner, thief] = make(4)
    const seen = [thief.pulse]
    owner.push(1, never)
    seen.push(thief.pulse)
    owner.push(2, never)
    seen.push(thief.pulse)
    thief.look()
    thief.forget()
    seen.push(thief.pulse)
    expect(new Set(seen).size).toBe(4)
  })

  it('has room for its entries in its size, whatever the capacity', () => {
    for (const capacity of [1, 2, 16, 256]) {
      const words = new Int32Array(new SharedArrayBuffer(4 * (Deque.size(capacity) + 64))).fill(
        -7,
        Deque.size(capacity),
      )
      const owner = new Deque(words, 0, capacity)
      for (let job = 1; job <= capacity; job++) expect(owner.push(job, never)).toBe(true)
      expect(owner.push(1, never)).toBe(false)
      expect(words.subarray(Deque.size(capacity)).every(word => word === -7)).toBe(true)
    }
  })

  it('has outcomes that no job ref has', () => {
    expect([EMPTY, CONTENDED]).toEqual([0, -1])
  })
})
