import { strictEqual } from 'node:assert/strict'

import type * as sleeps from '../../../src/lockfree/sleepers.ts'
import type { Scenario } from '../explore.ts'
import { type Model, structure } from '../model.ts'
import { add, load, replace, type Words } from '../seam.ts'

/** Submitters that only submit, and sleepers that each do one job and end: so a wake-up that is lost shows. */
export const model: Model = structure<typeof sleeps>({
  path: 'lockfree/sleepers.ts',
  scenarios: ({ Sleepers }) => {
    const scenario = (seats: number, submitters: readonly number[], seeks: boolean, dies = false): Scenario => {
      const work = Sleepers.size(seats)
      const submitter = (jobs: number) => (words: Words) => {
        const sleepers = new Sleepers(words, 0, seats)
        return () => {
          for (let i = 0; i < jobs; i++) {
            add(words, work, 1)
            sleepers.wakeOne()
          }
        }
      }
      const sleeper = (seat: number) => (words: Words) => {
        const sleepers = new Sleepers(words, 0, seats)
        const take = (): boolean => {
          for (let jobs = load(words, work); jobs > 0; jobs = load(words, work)) {
            if (replace(words, work, jobs, jobs - 1)) return true
          }
          return false
        }
        return () => {
          for (;;) {
            if (seeks) sleepers.seek(seat)
            const found = take()
            if (seeks) sleepers.found(seat)
            if (found || (seeks && take())) {
              // It will be busy: whoever relied on its seeking has woken nobody.
              if (seeks && load(words, work) > 0) sleepers.wakeOne()
              return
            }
            sleepers.announce(seat, true)
            if (load(words, work) === 0) sleepers.sleep(seat, 500)
            sleepers.cancel(seat)
          }
        }
      }
      const undertaker = (words: Words) => {
        const sleepers = new Sleepers(words, 0, seats)
        return () => {
          add(words, work, seats)
          for (let seat = 0; seat < seats; seat++) sleepers.rouse(seat)
        }
      }
      return {
        words: work + 1,
        // If the first submitter dies, somebody who hears of it puts in a job for each seat, and rouses all.
        ...(dies ? { victim: 0 } : {}),
        threads: [
          ...submitters.map(submitter),
          ...Array.from({ length: seats }, (_, seat) => sleeper(seat)),
          ...(dies ? [undertaker] : []),
        ],
        check: ({ memory, died }) => died || strictEqual(memory[work], 0, 'every job is done'),
        name: at => (at === work ? 'work' : at === 0 ? 'asleep' : at === 16 ? 'seeking' : `bell ${(at - 32) >> 4}`),
      }
    }
    return {
      'one sleeper': scenario(1, [1], false),
      'two sleepers': scenario(2, [2], false),
      'two sleepers, two submitters': scenario(2, [1, 1], false),
      'who wakes dies': scenario(1, [1], false, true),
      'one that seeks first': scenario(1, [1], true),
      'two that seek first': { ...scenario(2, [2], true), large: true },
      'three that seek first': { ...scenario(3, [2, 1], true), large: true },
    }
  },
  faults: {
    'nobody is notified': [['    notify(this.#words, this.#bell(seat), Infinity)\n', '']],
    'a dead waker is forgotten': [
      ['    store(words, bell, 0)\n    notify(words, bell, Infinity)\n', '    this.wake(seat)\n'],
    ],
    'the bell is left as it is': [
      [
        'load(this.#words, this.#bell(seat)) !== 1 || !replace(this.#words, this.#bell(seat), 1, 0)',
        'load(this.#words, this.#bell(seat)) !== 1',
      ],
    ],
    'the waker clears the bit (I1)': [
      [
        '    notify(this.#words, this.#bell(seat), Infinity)\n',
        '    notify(this.#words, this.#bell(seat), Infinity)\n    this.#clear(this.#asleep, seat)\n',
      ],
    ],
    'the bit is not set': [['if (available) or(', 'if (!available) or(']],
    'the bell is not set': [['    store(this.#words, this.#bell(seat), 1)\n', '']],
    'whoever seeks goes on seeking': [
      ['  found(seat: number): void {\n    this.#clear(this.#seeking, seat)\n', '  found(_seat: number): void {\n'],
    ],
    'a waker looks at the bits plainly': [
      [
        'const bits = load(this.#words, this.#asleep + LINE * group)',
        'const bits = this.#words[this.#asleep + LINE * group]!',
      ],
    ],
    'only the first group member is tried, and once': [
      ['if (this.wake(seat)) return', 'this.wake(seat)\n        return'],
    ],
  },
})
