import { describe, expect, it } from 'vitest'

import { Sleepers } from '../../../src/lockfree/sleepers.ts'

const make = (seats: number): [Sleepers, Int32Array] => {
  const words = new Int32Array(new SharedArrayBuffer(4 * (16 + Sleepers.size(seats))))
  return [new Sleepers(words, 16, seats), words]
}

describe('sleepers', () => {
  it('are all awake in zeroed words', () => {
    const [sleepers, words] = make(3)
    sleepers.wakeOne()
    expect([sleepers.idle, sleepers.wake(0), words.every(word => word === 0)]).toEqual([0, false, true])
  })

  it('are woken once for each announcement (I2)', () => {
    const [sleepers] = make(2)
    sleepers.announce(1, true)
    expect([sleepers.wake(0), sleepers.wake(1), sleepers.wake(1)]).toEqual([false, true, false])
    sleepers.cancel(1)
    sleepers.announce(1, true)
    expect(sleepers.wake(1)).toBe(true)
  })

  it('keep their bit until they clear it themselves (I1)', () => {
    const [sleepers] = make(2)
    sleepers.announce(0, true)
    sleepers.wake(0)
    expect(sleepers.idle).toBe(1)
    sleepers.cancel(0)
    expect(sleepers.idle).toBe(0)
  })

  it('that are not available are woken by their own bell only', () => {
    const [sleepers] = make(2)
    sleepers.announce(0, false)
    sleepers.wakeOne()
    expect([sleepers.idle, sleepers.wake(0)]).toEqual([0, true])
  })

  it('are left asleep while somebody seeks', () => {
    const [sleepers] = make(40)
    sleepers.announce(0, true)
    sleepers.seek(39)
    sleepers.wakeOne()
    expect(sleepers.wake(0)).toBe(true)
  })

  it('wakes the next if the first was woken already', () => {
    const [sleepers] = make(3)
    for (const seat of [0, 1, 2]) sleepers.announce(seat, true)
    sleepers.wakeOne()
    sleepers.wakeOne()
    expect([sleepers.wake(0), sleepers.wake(1), sleepers.wake(2)]).toEqual([false, false, true])
  })

  it.for([0, 30, 31, 32, 33, 63, 64, 99])('wakes seat %i of 100', seat => {
    const [sleepers, words] = make(100)
    sleepers.announce(seat, true)
    expect(sleepers.idle).toBe(1)
    sleepers.wakeOne()
    expect(sleepers.wake(seat)).toBe(false)
    sleepers.cancel(seat)
    expect(words.every(word => word === 0)).toBe(true)
  })

  it('counts who seeks as idle', () => {
    const [sleepers] = make(70)
    sleepers.seek(0)
    sleepers.seek(69)
    expect(sleepers.idle).toBe(2)
    sleepers.found(0)
    expect(sleepers.idle).toBe(1)
  })

  it('does not sleep once woken', () => {
    const [sleepers] = make(1)
    sleepers.announce(0, true)
    sleepers.wake(0)
    sleepers.sleep(0, 1_000_000)
    expect(sleepers.sleepAsync(0, () => {})).toBe(false)
  })

  it('wakes a thread that must not block', async () => {
    const [sleepers] = make(1)
    sleepers.announce(0, true)
    const woken = new Promise<void>(resolve => {
      expect(sleepers.sleepAsync(0, resolve)).toBe(true)
    })
    sleepers.wakeOne()
    await woken
  })

  it('forgets a seat whose thread is gone', () => {
    const [sleepers, words] = make(33)
    sleepers.announce(32, true)
    sleepers.seek(32)
    sleepers.bury(32)
    expect([sleepers.idle, sleepers.wake(32), words.every(word => word === 0)]).toEqual([0, false, true])
  })
})
