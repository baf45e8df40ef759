import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import type * as deques from '../../../src/lockfree/deque.ts'
import { LINE } from '../../../src/memory/layout.ts'
import type { Scenario } from '../explore.ts'
import { type Model, structure } from '../model.ts'
import { load, replace, type Words } from '../seam.ts'

const CAPACITY = 2
const JOBS = 4

function between(top: number, bottom: number, memory: Int32Array): number[] {
  const jobs: number[] = []
  for (let i = top; i !== bottom; i = (i + 1) | 0) jobs.push(memory[2 * LINE + (i & (CAPACITY - 1))]!)
  return jobs
}

/** A deque of two entries; then for each job who has claimed it, and what its owner wrote for whoever runs it. */
export const model: Model = structure<typeof deques>({
  path: 'lockfree/deque.ts',
  scenarios: ({ Deque, EMPTY, CONTENDED }) => {
    const size = Deque.size(CAPACITY)
    const claims = size
    const notes = claims + JOBS + 1
    const make = (words: Words): deques.Deque => new Deque(words, 0, CAPACITY)

    const claim = (words: Words, job: number, who: number): boolean => replace(words, claims + job, 0, who)
    const dead = (words: Words) => (job: number) => load(words, claims + job) !== 0

    const owner = (script: readonly number[]) => (words: Words) => {
      const deque = make(words)
      return () => {
        for (const job of script) {
          // A negative number: take that job back.
          if (job < 0) claim(words, -job, 1)
          else {
            words[notes + job] = job ^ 0x5eed
            if (!deque.push(job, dead(words))) claim(words, job, 1)
          }
        }
      }
    }
    const thief = (who: number, times: number) => (words: Words) => {
      const deque = make(words)
      return () => {
        for (let i = 0; i < times; i++) {
          const job = deque.look()
          if (job === EMPTY || job === CONTENDED) continue
          ok(job >= 1 && job <= JOBS, `saw ${job}`)
          const word = load(words, claims + job)
          if (!deque.stands()) continue
          if (word === 0 && claim(words, job, who)) {
            strictEqual(words[notes + job], job ^ 0x5eed, `job ${job} came without what was written for it`)
          }
          deque.forget()
        }
      }
    }
    /** Takes over from a dead owner as the repair does: settles what it left, empties the deque, and goes on. */
    const heir = (words: Words) => {
      const deque = make(words)
      return () => {
        for (let job = 1; job < JOBS; job++) claim(words, job, 9)
        deque.clear()
        words[notes + JOBS] = JOBS ^ 0x5eed
        ok(deque.push(JOBS, dead(words)), 'a deque that was emptied has room')
      }
    }
    const scenario = (
      start: number,
      script: readonly number[],
      thieves: readonly number[],
      victim?: number,
    ): Scenario => ({
      words: notes + JOBS + 1,
      prepare: words => {
        words[0] = words[LINE] = start
      },
      threads: [
        owner(script),
        ...thieves.map((times, i) => thief(i + 2, times)),
        ...(victim === undefined ? [] : [victim === 0 ? heir : thief(9, 2)]),
      ],
      ...(victim === undefined ? {} : { victim }),
      // The entries (RELIABILITY rule 5).
      mayRace: at => at >= 2 * LINE && at < size,
      always: () => {
        let top = start | 0
        return memory => {
          const [now, bottom] = [memory[0]!, memory[LINE]!]
          ok(((now - top) | 0) >= 0, 'top went back (I2)')
          ok(((bottom - now) | 0) >= 0 && ((bottom - now) | 0) <= CAPACITY, 'length (I3)')
          top = now
        }
      },
      check: ({ memory, died }) => {
        const [top, bottom] = [memory[0]!, memory[LINE]!]
        const left = between(top, bottom, memory).filter(job => memory[claims + job] === 0)
        if (died && victim === 0)
          deepStrictEqual(left, memory[claims + JOBS] === 0 ? [JOBS] : [], 'the heir begins anew')
        const visible = new Set(between(top, bottom, memory))
        for (const job of script.filter(n => n > 0)) {
          // What a dead owner had not pushed was its own alone.
          if (died && victim === 0) continue
          if (memory[claims + job] === 0) ok(visible.has(job), `job ${job} can be claimed and is not visible (I2)`)
        }
      },
      name: at =>
        at === 0
          ? 'top'
          : at === LINE
            ? 'bottom'
            : at < size
              ? `entry ${at - 2 * LINE}`
              : at < notes
                ? `claim of ${at - claims}`
                : `note of ${at - notes}`,
    })
    return {
      'two thieves, two jobs': scenario(0, [1, 2], [1, 1]),
      'one owner of five operations, two thieves, index at 2^32': scenario(-1, [1, -1, 2, 3, -3], [1, 1]),
      'one owner of five operations, two thieves, index at 2^31': scenario(0x7fffffff, [1, -1, 2, 3, -3], [1, 1]),
      'one owner of four pushes, two thieves, index at 2^32': scenario(-3, [1, 2, 3, 4], [1, 1]),
      'a thief dies': scenario(-1, [1, 2, -2], [1, 1], 1),
      'the owner dies': scenario(0x7fffffff, [1, 2, -1, 3], [2], 0),
      'the owner makes room while a thief steals twice': scenario(0x7fffffff, [1, 2, -2, -1, 3, 4], [2]),
    }
  },
  faults: {
    'push stores bottom before the entry': [
      ['    w[this.#entries + (bottom & (this.capacity - 1))] = job\n', ''],
      [
        'store(w, this.#bottom, (bottom + 1) | 0)',
        'store(w, this.#bottom, (bottom + 1) | 0)\n    w[this.#entries + (bottom & (this.capacity - 1))] = job',
      ],
    ],
    'push stores bottom plainly': [['store(w, this.#bottom, (bottom + 1) | 0)', 'w[this.#bottom] = (bottom + 1) | 0']],
    'room made by a store (I2)': [
      ['!replace(this.#words, this.#top, top, next)', '(store(this.#words, this.#top, next), false)'],
    ],
    'forget moves whatever top is (I2)': [
      [
        'replace(this.#words, this.#top, this.#looked, (this.#looked + 1) | 0)',
        'store(this.#words, this.#top, (load(this.#words, this.#top) + 1) | 0)',
      ],
    ],
  },
})
