import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import type { Outcome, Scenario } from '../explore.ts'
import type { Model } from '../model.ts'
import { watch } from '../seam.ts'
import type { Faults } from '../tree.ts'
import {
  audit,
  common,
  forking,
  helping,
  helpingThen,
  looping,
  type Modules,
  modulesFor,
  mourning,
  ran,
  repairing,
  RIPE,
  seated,
  submitting,
  THREADS,
} from './parts.ts'

/**
 * The scheduler with two threads, every interleaving: publish, steal, run, finish, join; and the death of either between any
 * two steps, with the repair at the same time as the survivor's steps.
 */
const BOTH = 0 + 10

function joined({ results, memory, died }: Outcome): void {
  const [end] = results
  ok(end === BOTH || (died && end === 'lost'), `ended as ${String(end)}`)
  const [forked, own] = ran(memory)
  strictEqual(own, 1)
  ok(end === BOTH ? forked === 1 : forked! <= 1, `the fork ran ${forked} times`)
}

async function scenarios(broken: Faults): Promise<Readonly<Record<string, Scenario>>> {
  const [a, b, c, d] = (await modulesFor(4, broken, RIPE)) as [Modules, Modules, Modules, Modules]

  /** The successor finds the seat in order: it can fork and join there, and leaves it so. */
  const succeed = (seat: number, memory: Int32Array): void => {
    const words = watch(memory)
    d.place.words = words
    const before = ran(memory)
    const worker = seated(d, seat, words, [d.leaf])
    strictEqual(worker.call(d.one, []), BOTH, 'the successor works')
    deepStrictEqual(ran(memory), [before[0]! + 1, before[1]! + 1, before[2]], 'each leaf ran once more')
    audit(d, memory)
  }

  return {
    'a thief of one job': {
      ...common,
      threads: [forking(a, 'one'), helping(b, 1)],
      check: outcome => {
        joined(outcome)
        audit(a, outcome.memory)
      },
    },
    'the thief dies': {
      ...common,
      victim: 1,
      long: 'altogether',
      threads: [forking(a, 'one'), helping(b, 1), repairing(c, 1)],
      check: outcome => {
        joined(outcome)
        audit(a, outcome.memory)
        if (outcome.died) succeed(1, outcome.memory)
      },
    },
    'who has forked dies': {
      ...common,
      victim: 0,
      long: 'buffered',
      threads: [forking(a, 'one'), helping(b, 1), repairing(c, 0)],
      check: ({ results, memory, died }) => {
        for (const times of ran(memory)) ok(times <= 1, 'no leaf ran twice')
        if (!died) return
        // Freed by the caller when it next wakes (Runs.drain).
        const orphans = results[2] as Set<number>
        c.repairs.bury(seated(c, THREADS, watch(memory)), orphans)
        deepStrictEqual([...orphans], [], 'what was stolen has ended')
        audit(a, memory)
        succeed(0, memory)
      },
    },
    'who runs a run dies': {
      ...common,
      victim: 0,
      threads: [helpingThen(b, 0), submitting(c, 'leaf', 1, true), mourning(d, 0)],
      check: ({ results, memory, died }) => {
        const words = watch(memory)
        let end: unknown = results[1]
        if (end === 'open') {
          ok(died)
          strictEqual(seated(b, 0, words).help(-1), true, 'what nobody has begun is found')
          const caller = seated(c, THREADS, words)
          caller.registry.mailboxes[THREADS]!.take(slot => (end = [caller.collect(slot, caller.jobs.state(slot))]))
          deepStrictEqual(end, [0], 'and runs')
        }
        const [first] = end as unknown[]
        ok(first === 0 || (died && first === 'failed'), `ended as ${String(first)}`)
        const [times] = ran(memory)
        ok(first === 0 ? times === 1 : times! <= 1, `ran ${times} times`)
        audit(a, memory)
        if (died) succeed(0, memory)
      },
    },
    'a whole worker': {
      ...common,
      long: 'altogether',
      threads: [forking(a, 'one'), looping(b, 1)],
      check: outcome => {
        joined(outcome)
        audit(a, outcome.memory)
      },
    },
  }
}

export const model: Model = {
  build: scenarios,
  faults: {
    'the repair leaves what the dead one had claimed': {
      'scheduler/repair.ts': [['state === CLAIMED && seatOf(word) === seat', 'state < FREE']],
    },
    'the repair leaves what the dead one had published': {
      'scheduler/repair.ts': [['state === PUBLISHED && takeBack(worker.registry.arena, slot, word)', 'state < FREE']],
    },
    'the repair takes back by a store': {
      'scheduler/repair.ts': [
        ['state === PUBLISHED && takeBack(worker.registry.arena, slot, word)', 'state === PUBLISHED'],
        ['    worker.jobs.drop(slot)\n    idle', '    store(words, slot + STATE, (word + 4096) & -4096)\n    idle'],
      ],
    },
    'the repair frees what was stolen from the dead one': {
      'scheduler/repair.ts': [['    orphans.add(slot)\n', '    idle.add(slot)\n']],
    },
    'the repair does not collect free slots': {
      'scheduler/repair.ts': [['  slab.rebuild(idle)\n', '']],
    },
    'the repair does not tell who waits for a run': {
      'scheduler/repair.ts': [['  if (isTold) worker.post.report(slot)\n', '']],
    },
    'the claim is not recorded': {
      'scheduler/slot.ts': [['withState(word, CLAIMED, seat))', 'withState(word, CLAIMED, 0))']],
    },
    'the end is sent before it is written': {
      'scheduler/worker.ts': [
        ['    store(words, slot + STATE, withState(words[slot + STATE]!, state, this.seat))\n', ''],
        [
          'else this.registry.sleepers.wake(home)\n',
          'else this.registry.sleepers.wake(home)\n    store(words, slot + STATE, withState(words[slot + STATE]!, state, this.seat))\n',
        ],
      ],
    },
  },
  shownIn: {
    'the repair leaves what the dead one had claimed': 'who runs a run dies',
    'the repair takes back by a store': 'who has forked dies',
    'the repair frees what was stolen from the dead one': 'who has forked dies',
    'the repair does not tell who waits for a run': 'who runs a run dies',
    'the claim is not recorded': 'who has forked dies',
  },
}
