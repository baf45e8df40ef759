import { ok, strictEqual } from 'node:assert/strict'

import { describe, expect, it } from 'vitest'

import { Sleepers } from '../../../src/lockfree/sleepers.ts'
import { type Edit, mutant } from '../../support/mutant.ts'
import { atEveryStep, load, slept, store, watch } from '../../support/stepped.ts'
import { inThreads } from '../../support/threads.ts'
import { type Data, HEADER, type Report } from './sleepers.thread.ts'

type Class = new (words: Int32Array, at: number, seats: number) => Sleepers

/** The user's part of the protocol, as the documentation of the structure tells it. */
interface Protocol {
  readonly look: boolean
  readonly publishFirst: boolean
}
const right: Protocol = { look: true, publishFirst: true }

/** A sleeper and a publisher interrupt each other: at the end none sleeps, unnotified, beside a job. */
function check(Class: Class, { look, publishFirst }: Protocol): number {
  const AT = 16
  const setUp = (): {
    words: Int32Array
    sleepers: Sleepers
    doze: (seat: number) => void
    publish: () => void
    lost: () => void
  } => {
    const raw = new Int32Array(new SharedArrayBuffer(4 * (AT + Sleepers.size(2))))
    const words = watch(raw)
    const sleepers = new Class(words, AT, 2)
    const sleeping = new Set<number>()
    return {
      words,
      sleepers,
      doze: seat => {
        sleepers.announce(seat, true)
        if (look && load(words, 0) !== 0) return sleepers.cancel(seat)
        slept()
        sleepers.sleep(seat, 1000)
        if (slept().asleep) sleeping.add(seat)
        else sleepers.cancel(seat)
      },
      publish: () => {
        if (publishFirst) store(words, 0, 1)
        sleepers.wakeOne()
        if (!publishFirst) store(words, 0, 1)
      },
      lost: () => {
        strictEqual(raw[0], 1, 'published')
        const bell = (seat: number): number => raw[AT + Sleepers.size(2) - 16 * (2 - seat)]!
        ok([...sleeping].every(seat => bell(seat) === 0) || sleeping.size > 1, 'sleeps beside a job')
        if (sleeping.size > 1)
          ok(
            [...sleeping].some(seat => bell(seat) === 0),
            'both sleep beside a job',
          )
      },
    }
  }
  return (
    atEveryStep(() => {
      const { doze, publish, lost } = setUp()
      return { operation: () => doze(0), intrusions: [publish], check: lost }
    }) +
    atEveryStep(() => {
      const { doze, publish, lost } = setUp()
      return { operation: publish, intrusions: [() => doze(0)], check: lost }
    }) +
    // A late waker: the sleeper that it rings has gone to sleep again meanwhile.
    atEveryStep(() => {
      const { sleepers, doze, publish, lost } = setUp()
      sleepers.announce(0, true)
      return {
        operation: () => void sleepers.wake(0),
        intrusions: [() => sleepers.cancel(0), () => doze(0), publish],
        check: lost,
      }
    }) +
    // Two wakers, one announcement (I2).
    atEveryStep(() => {
      const { sleepers } = setUp()
      sleepers.announce(1, true)
      let woke = 0
      const wake = (): void => {
        if (sleepers.wake(1)) woke++
      }
      return { operation: wake, intrusions: [wake, wake], check: () => strictEqual(woke, 1, 'woken once (I2)') }
    }) +
    // Whoever rings a bell notifies whoever waits at it.
    atEveryStep(() => {
      const { sleepers, doze } = setUp()
      doze(0)
      return {
        operation: () => void sleepers.wake(0),
        intrusions: [() => void sleepers.wake(0)],
        check: () => strictEqual(slept().notified.length, 1, 'notified'),
      }
    })
  )
}

describe('interrupted at every access', () => {
  it('nobody sleeps through a job (I1, I2)', async () => {
    const stepped = await mutant<{ Sleepers: Class }>('lockfree/sleepers.ts', [], true)
    expect(check(stepped.Sleepers, right)).toBeGreaterThan(30)
  })
})

const faults: Record<string, Edit[]> = {
  'waker clears the bit (I1)': [
    ['    notify(this.#words', '    this.#clear(this.#asleep, seat)\n    notify(this.#words'],
  ],
  'bell rung by a store (I2)': [
    ['!replace(this.#words, this.#bell(seat), 1, 0)', '(store(this.#words, this.#bell(seat), 0), false)'],
  ],
  'nobody is notified': [['    notify(this.#words, this.#bell(seat), Infinity)\n', '']],
  'bit not set': [['if (available) or(', 'if (!available) or(']],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Sleepers: Class }>('lockfree/sleepers.ts', edits, true)
    expect(() => check(faulty.Sleepers, right)).toThrow('interrupted before')
  })

  it.for([
    ['drop the second look', { ...right, look: false }],
    ['wake first, then publish', { ...right, publishFirst: false }],
  ] as const)('%s', async ([, wrong]) => {
    const stepped = await mutant<{ Sleepers: Class }>('lockfree/sleepers.ts', [], true)
    expect(() => check(stepped.Sleepers, wrong)).toThrow('beside a job')
  })
})

describe('on threads', () => {
  it.for([
    [1, 100_000],
    [3, 50_000],
  ] as const)(
    '%i sleepers and a publisher that does not help: no wake-up is lost in %i rounds',
    async ([seats, rounds]) => {
      const words = new Int32Array(new SharedArrayBuffer(4 * (HEADER + Sleepers.size(seats))))
      const data: Data[] = Array.from({ length: seats + 1 }, (_, index) => ({ words, index, seats, rounds }))
      const reports = await inThreads<Report>(new URL('sleepers.thread.ts', import.meta.url), data)
      expect(reports.map(report => report.lost)).toEqual(Array(seats + 1).fill(0))
      expect(reports.reduce((sum, report) => sum + report.taken, 0)).toBe(rounds)
    },
  )
})
