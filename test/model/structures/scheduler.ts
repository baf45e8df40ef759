import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import type { Scenario } from '../explore.ts'
import type { Model } from '../model.ts'
import {
  audit,
  common,
  forking,
  looping,
  type Modules,
  modulesFor,
  mourning,
  ran,
  RESULT,
  submitting,
} from './parts.ts'
import type { Faults } from '../tree.ts'

async function scenarios(broken: Faults): Promise<Readonly<Record<string, Scenario>>> {
  const [a, b, c, d] = (await modulesFor(4, broken)) as [Modules, Modules, Modules, Modules]
  return {
    'a fork that may be stolen': {
      ...common,
      large: true,
      threads: [forking(a, 'root'), looping(b, 1)],
      check: ({ results, memory }) => {
        strictEqual(results[0], RESULT)
        deepStrictEqual(ran(memory), [1, 1, 1], 'each leaf ran once')
        audit(a, memory)
      },
    },
    'a parent that waits for what it has forked': {
      ...common,
      large: true,
      threads: [forking(a, 'meets'), looping(b, 1)],
      check: ({ results, memory }) => {
        strictEqual(results[0], 1)
        audit(a, memory)
      },
    },
    'two runs that wait for each other': {
      ...common,
      large: true,
      threads: [looping(a, 0), looping(b, 1), submitting(c, 'meet', 2)],
      check: ({ results, memory }) => {
        deepStrictEqual(results[2], [0, 0])
        audit(a, memory)
      },
    },
    'a submitter that does not help': {
      ...common,
      large: true,
      threads: [looping(a, 0), looping(b, 1), submitting(c, 'root', 2)],
      check: ({ results, memory }) => {
        deepStrictEqual(results[2], [RESULT, RESULT])
        deepStrictEqual(ran(memory), [2, 2, 2], 'each leaf ran once in each run')
        audit(a, memory)
      },
    },
    'a worker dies': {
      ...common,
      large: true,
      victim: 0,
      threads: [looping(a, 0), looping(b, 1), submitting(c, 'root', 1), mourning(d, 0)],
      check: ({ results, memory, died }) => {
        const [end] = results[2] as unknown[]
        ok(end === RESULT || (died && (end === 'lost' || end === 'failed')), `ended as ${String(end)}`)
        const runs = ran(memory)
        ok(
          runs.every(n => n <= 1),
          'no leaf ran twice',
        )
        if (end === RESULT) deepStrictEqual(runs, [1, 1, 1], 'each leaf ran once')
      },
    },
  }
}

export const model: Model = {
  build: scenarios,
  faults: {
    'want is cleared after the push': {
      'scheduler/worker.ts': [
        ['    words[this.want] = 0\n    this.poll()\n', '    this.poll()\n'],
        ['    if (!offered) return', '    words[this.want] = 0\n    if (!offered) return'],
      ],
    },
    'no second look before sleep': {
      'scheduler/loop.ts': [['!this.#mailed && !thief.anything() && !this.#worker.stopped', 'true']],
    },
    'the end is mailed before it is written': {
      'scheduler/worker.ts': [
        ['    store(words, slot + STATE, withState(words[slot + STATE]!, state, this.seat))\n', ''],
        [
          'else this.registry.sleepers.wake(home)\n',
          'else this.registry.sleepers.wake(home)\n    store(words, slot + STATE, withState(words[slot + STATE]!, state, this.seat))\n',
        ],
      ],
    },
    'nobody is told of the end': {
      'scheduler/worker.ts': [['else this.registry.sleepers.wake(home)', 'else void home']],
    },
    'a submitter wakes nobody, as a publisher would': {
      'lockfree/sleepers.ts': [['      if (this.#any(this.#seeking)) return\n', '      return\n']],
    },
    'who has found work tells nobody': {
      'scheduler/loop.ts': [['        registry.sleepers.wakeOne()\n', '        void 0\n']],
    },
    // As it was until the model found it: what the look before sleep had found was run without a word.
    'who has found work tells somebody only if it was still seeking': {
      'scheduler/loop.ts': [
        [
          '    sleepers.found(seat)\n',
          '    sleepers.found(seat)\n    if (job === 0 && !this.#mailed) this.#sought = false\n',
        ],
      ],
    },
    'the repair leaves what the dead one had claimed': {
      'scheduler/repair.ts': [['state === CLAIMED && seatOf(word) === seat', 'state < FREE']],
    },
    'the repair wakes nobody': { 'scheduler/repair.ts': [['    sleepers.rouse(other)\n', '']] },
    'the repair wakes only who has not been told': {
      'scheduler/repair.ts': [['sleepers.rouse(other)', 'sleepers.wake(other)']],
    },
    'the thief moves top before it claims': {
      'scheduler/thief.ts': [
        [
          '      if (!claim(arena, slot, word, this.#seat)) continue\n      deque.forget()\n',
          '      deque.forget()\n      if (!claim(arena, slot, word, this.#seat)) continue\n',
        ],
      ],
    },
  },
  shownIn: {
    'want is cleared after the push': 'a parent that waits for what it has forked',
    'the end is mailed before it is written': 'a parent that waits for what it has forked',
    'who has found work tells nobody': 'two runs that wait for each other',
    'who has found work tells somebody only if it was still seeking': 'two runs that wait for each other',
    'the repair leaves what the dead one had claimed': 'a worker dies',
    'the repair wakes nobody': 'a worker dies',
    'the repair wakes only who has not been told': 'a worker dies',
    'the thief moves top before it claims': 'a worker dies',
  },
}
