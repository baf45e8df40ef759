import { ok, strictEqual } from 'node:assert/strict'

import { beforeAll, describe, expect, it } from 'vitest'

import { CONTENDED, Deque, type Deque as DequeClass, EMPTY } from '../../../src/lockfree/deque.ts'
import { LINE } from '../../../src/memory/layout.ts'
import { type Edit, mutant } from '../../support/mutant.ts'
import { atEveryStep, type Scenario, watch } from '../../support/stepped.ts'
import { inThreads } from '../../support/threads.ts'
import { type Data, HEADER, type Report } from './deque.thread.ts'

type Class = new (shared: Int32Array, at: number, capacity: number) => DequeClass

const up = (a: number, b: number): number => a - b

/** A deque of two entries, part of it used before, and what every thread may do with it. */
class Stage {
  readonly words = new Int32Array(new SharedArrayBuffer(4 * Deque.size(2)))
  readonly owner: DequeClass
  readonly #make: () => DequeClass
  readonly pushed: number[] = []
  readonly claimed: number[] = []
  /** What has been the oldest entry, at any moment between whole operations. */
  readonly tops = new Set<number>()
  #top: number

  constructor(Class: Class, start: number) {
    this.words[0] = this.words[LINE] = this.#top = start
    const watched = watch(this.words)
    this.#make = () => new Class(watched, 0, 2)
    this.owner = this.#make()
  }

  readonly dead = (job: number): boolean => this.claimed.includes(job)

  push(job: number): void {
    this.pushed.push(job)
    if (!this.owner.push(job, this.dead)) this.claimed.push(job)
    this.note()
  }

  /** A job, or EMPTY, or CONTENDED. */
  steal(thief = this.#make()): number {
    const job = thief.look()
    this.note()
    ok(job === CONTENDED || this.tops.has(job), `saw ${job}, which was never the oldest`)
    if (job === EMPTY || job === CONTENDED) return job
    ok(this.pushed.includes(job), `${job} was never pushed`)
    if (!this.dead(job)) this.claimed.push(job)
    thief.forget()
    this.note()
    return job
  }

  /** The raw state, without a step. */
  note(): void {
    const [top, bottom] = [this.words[0]!, this.words[LINE]!]
    ok(((top - this.#top) | 0) >= 0, 'top went back (I2)')
    ok(((bottom - top) | 0) >= 0 && ((bottom - top) | 0) <= 2, 'length (I3)')
    this.#top = top
    this.tops.add(top === bottom ? EMPTY : this.words[2 * LINE + (top & 1)]!)
  }

  /** Whatever is left can be stolen, and then every job was claimed once. */
  settle(): void {
    this.note()
    while (this.steal() !== EMPTY);
    strictEqual(this.claimed.toSorted(up).join(), this.pushed.toSorted(up).join(), 'each claimed exactly once')
  }
}

const scenarios: Record<string, (stage: Stage) => Scenario> = {
  'a thief, while another steals and the owner pushes over the entry': stage => {
    stage.push(1)
    stage.push(2)
    return {
      operation: () => void stage.steal(),
      intrusions: [() => void stage.steal(), () => stage.push(3), () => void stage.steal()],
      check: () => stage.settle(),
    }
  },
  'the owner making room, while thieves pass the dead entry and steal the next': stage => {
    stage.push(1)
    stage.push(2)
    stage.claimed.push(1)
    return {
      operation: () => stage.push(3),
      intrusions: [() => void stage.steal(), () => void stage.steal(), () => void stage.steal()],
      check: () => stage.settle(),
    }
  },
  'the owner pushing where an old entry lies, while thieves look': stage => {
    stage.push(1)
    stage.steal()
    stage.push(2)
    stage.steal()
    return {
      operation: () => stage.push(3),
      intrusions: [() => void stage.steal(), () => void stage.steal()],
      check: () => stage.settle(),
    }
  },
  'a late thief, while the owner takes the job back and publishes others': stage => {
    stage.push(1)
    return {
      operation: () => void stage.steal(),
      intrusions: [
        () => void (stage.dead(1) || stage.claimed.push(1)),
        () => stage.push(2),
        () => stage.push(3),
        () => void stage.steal(),
      ],
      check: () => stage.settle(),
    }
  },
}

function check(Class: Class): number {
  let runs = 0
  for (const scenario of Object.values(scenarios)) {
    for (const start of [0, 2 ** 31 - 3, 2 ** 31 - 1, -3, -1]) {
      runs += atEveryStep(() => {
        const stage = new Stage(Class, start | 0)
        const made = scenario(stage)
        stage.tops.clear()
        stage.note()
        return made
      })
    }
  }
  return runs
}

describe('interrupted at every access', () => {
  let stepped: Class
  beforeAll(async () => {
    stepped = (await mutant<{ Deque: Class }>('lockfree/deque.ts', [], true)).Deque
  })

  it('a deque loses no job, doubles none and shows the oldest only (I2, I3, I4)', () => {
    expect(check(stepped)).toBeGreaterThan(500)
  })
})

const faults: Record<string, Edit[]> = {
  'look does not load top again': [['if (load(w, this.#top) !== top) return CONTENDED', '']],
  'push stores bottom before the entry': [
    ['    w[this.#entries + (bottom & (this.capacity - 1))] = job\n', ''],
    [
      'store(w, this.#bottom, (bottom + 1) | 0)',
      'store(w, this.#bottom, (bottom + 1) | 0)\n    w[this.#entries + (bottom & (this.capacity - 1))] = job',
    ],
  ],
  'room made by a store (I2)': [
    ['!replace(this.#words, this.#top, top, next)', '(store(this.#words, this.#top, next), false)'],
  ],
  'forget moves whatever top is (I2)': [
    [
      'replace(this.#words, this.#top, this.#looked, (this.#looked + 1) | 0)',
      'store(this.#words, this.#top, (load(this.#words, this.#top) + 1) | 0)',
    ],
  ],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ Deque: Class }>('lockfree/deque.ts', edits, true)
    expect(() => check(faulty.Deque)).toThrow('interrupted before')
  })
})

describe('on threads', () => {
  it.for([
    [2, 100_000, -1000],
    [4, 200_000, 2 ** 31 - 1000],
    [64, 300_000, -150_000],
  ] as const)('capacity %i: %i jobs, each run exactly once by the owner or one of three thieves', async params => {
    const [capacity, jobs, start] = params
    const words = new Int32Array(new SharedArrayBuffer(4 * (HEADER + Deque.size(capacity) + 3 * (jobs + 1))))
    words[HEADER] = words[HEADER + LINE] = start
    const data: Data[] = [0, 1, 2, 3].map(index => ({ words, capacity, jobs, index, threads: 4 }))
    const reports = await inThreads<Report>(new URL('deque.thread.ts', import.meta.url), data)
    expect(reports.map(report => report.fault)).toEqual(['', '', '', ''])
    expect(reports.reduce((sum, report) => sum + report.ran, 0)).toBe(jobs)
    const ran = words.subarray(HEADER + Deque.size(capacity) + jobs + 2, HEADER + Deque.size(capacity) + 2 * (jobs + 1))
    expect(ran.every(count => count === 1)).toBe(true)
    expect(words[HEADER + LINE]).toBe((start + reports[0]!.pushed) | 0)
  })
})
