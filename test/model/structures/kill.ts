import { ok, strictEqual } from 'node:assert/strict'

import type { Outcome, Scenario } from '../explore.ts'
import type { Model } from '../model.ts'
import { notify, store, wait, watch, type Words } from '../seam.ts'
import type { Faults } from '../tree.ts'
import { awaitOne, turnUntil } from './houses.ts'
import { audit, common, modulesFor, RIPE, seated, THREADS } from './parts.ts'
import {
  BEGUN,
  claiming,
  ENDED,
  GATE,
  KILLED,
  living,
  elsewhere,
  end,
  housed,
  kill,
  running,
  type Seat,
  seatOf,
  spawning,
  told,
  waiting,
} from './spawned.ts'

/**
 * Spawn, kill and end of a task over the households of three seats: who spawns it (and is told of its end), who runs it, and who kills it from a
 * handle that came in a message; and the death of one of them between any two steps, with the repair beside the others.
 */

async function scenarios(broken: Faults): Promise<Readonly<Record<string, Scenario>>> {
  const [a, b, c, d] = (await Promise.all((await modulesFor(4, broken, RIPE)).map(seatOf))) as [Seat, Seat, Seat, Seat]

  /** What is in the mail yet is the end of subscriptions, and notices that came too late. */
  const cleanUp = ({ memory, died }: Outcome): void => {
    const words = watch(memory)
    for (const [seat, at] of [a, b, c].entries()) housed(at, seat, words).worker.lodging.turn()
    audit(a.m, memory, Number(died))
  }

  const scenario = (
    threads: Scenario['threads'],
    possible: readonly string[],
    options: Partial<Scenario> = {},
    tells: readonly number[] = [0],
    leaks = false,
  ): Scenario => ({
    ...common,
    ...options,
    threads,
    check: outcome => {
      const ends = tells.map(index => outcome.results[index]).filter(one => one !== undefined)
      told(outcome, ends as string[], possible)
      if (!outcome.died || !leaks) cleanUp(outcome)
    },
  })

  const repairing =
    (seat: number) =>
    (words: Words): (() => unknown) => {
      const worker = seated(d.m, THREADS, words)
      return () => {
        const again: number[] = []
        d.m.repairs.repair(worker, seat, new Set(), ref => again.push(ref))
        return again
      }
    }
  const LOST = [...KILLED, 'WorkerLostError']

  return {
    'who spawned it kills it': scenario([spawning(a, 'brief', 0, kill), running(b, 1, false)], KILLED),
    'the same where others live': scenario([spawning(a, 'brief', 0, kill), running(b, 1, true)], KILLED),
    'it waits for ever, and is killed': scenario([spawning(a, 'waits', 0, kill), running(b, 1, true)], KILLED.slice(1)),
    'a third kills it': scenario(
      [
        spawning(a, 'brief', 1, waiting),
        running(b, 1, false),
        elsewhere(c, THREADS, ({ handle }) => handle.kill('late')),
      ],
      KILLED,
    ),
    'who spawned it runs it, and another kills it': scenario(
      [
        spawning(a, 'brief', 1, ({ worker, handle, house }) => {
          const job = worker.lodging.next(-1, 0)
          if (job !== 0) worker.execute(job)
          const result = handle.result()
          turnUntil(worker, () => result.poll(), true)
          return end(awaitOne(worker, house, result))
        }),
        elsewhere(b, 1, kill),
      ],
      KILLED,
      {},
      [0],
    ),
    'a third waits': scenario(
      [spawning(a, 'brief', 1, waiting), running(b, 1, false), elsewhere(c, THREADS, waiting)],
      KILLED.slice(0, 1),
      {},
      [0, 2],
    ),
    'two kill it': scenario(
      [spawning(a, 'brief', 1, kill), running(b, 1, false), elsewhere(c, THREADS, kill)],
      KILLED,
      { large: true, share: 0.25 },
      [0, 2],
    ),
    'who runs it dies': scenario([spawning(a, 'brief', 0, kill), running(b, 1, true), repairing(1)], LOST, {
      victim: 1,
      large: true,
      share: 0.25,
    }),
    'who kills it dies': scenario(
      [
        spawning(a, 'brief', 1, ({ worker, handle, house }) => {
          const result = handle.result()
          turnUntil(worker, () => result.poll(), true)
          return end(awaitOne(worker, house, result))
        }),
        elsewhere(b, 1, kill),
        repairing(1),
      ],
      LOST,
      { victim: 1, large: true, share: 0.25 },
      [0],
      // Who kills may die with a notice that it has not sent, and its handle holds the slot for ever.
      true,
    ),
    'its slot is in another use': {
      ...common,
      large: true,
      threads: [
        spawning(a, 'joins', 1, ({ spawn, handle, end: endOf }) => {
          const first = endOf(handle)
          const second = spawn(1)
          store(a.m.place.words, GATE, 1)
          notify(a.m.place.words, GATE, 1)
          return [first, endOf(second)]
        }),
        shared => {
          const { worker } = housed(b, 1, shared)
          const claimed = worker.lodging.next(-1, 0)
          return () => {
            b.m.place.words = shared
            worker.execute(claimed)
            wait(shared, GATE, 0, Infinity)
            // It has looked for mail before.
            worker.execute(worker.lodging.next(-1, 0))
          }
        },
        elsewhere(c, THREADS, ({ handle }) => handle.kill('late')),
      ],
      check: outcome => {
        const [first, second] = outcome.results[0] as [string, string]
        told(outcome, [first], KILLED)
        strictEqual(second, 'value 10', 'nobody has killed the second')
        cleanUp(outcome)
      },
    },
    'a parent is killed as its child ends': {
      ...common,
      large: true,
      share: 0.25,
      threads: [spawning(a, 'parent', 0, kill, {}, THREADS), living(b, 0), running(c, 1, false)],
      check: outcome => {
        told(outcome, [outcome.results[0] as string], KILLED)
        const [begun, ended] = [outcome.memory[BEGUN + 1]!, outcome.memory[ENDED + 1]!]
        ok(begun <= 1 && ended <= begun, `the child has begun ${begun} times`)
        if (outcome.results[0] === KILLED[0]) strictEqual(ended, 1)
        cleanUp(outcome)
      },
    },
    'a parent is killed, whose child waits': scenario(
      [spawning(a, 'patient', 0, kill, {}, THREADS), living(b, 0), running(c, 1, true)],
      KILLED.slice(1),
      { large: true, share: 0.15 },
    ),
    'who spawned it dies': {
      ...common,
      victim: 0,
      threads: [spawning(a, 'brief', 0, waiting), claiming(b, 1), repairing(0)],
      check: cleanUp,
    },
    'who runs it dies, and who spawned it has died before': {
      ...common,
      victim: 1,
      threads: [
        words => {
          spawning(a, 'brief', 0, waiting)(words)
          // Its successor's household, in the same seat.
          return () => housed(a, 0, words).worker.lodging.turn()
        },
        claiming(b, 1),
        words => {
          const repair = repairing(1)(words)
          repairing(0)(words)()
          return repair
        },
      ],
      check: cleanUp,
    },
    'who it is pinned to dies': scenario(
      [spawning(a, 'brief', 0, waiting, { on: 1 }), running(b, 1, true), repairing(1)],
      [KILLED[0]!, 'WorkerLostError'],
      { victim: 1, long: 'buffered' },
    ),
  }
}

export const model: Model = {
  build: scenarios,
  faults: {
    'a kill claims by a store': {
      'live/handle.ts': [
        ['  seatOf,\n', '  seatOf,\n  STATE,\n  withState,\n'],
        [
          'if (!claim(arena, this.slot, word, worker.seat)) continue',
          'store(arena.words, this.slot + STATE, withState(word, CLAIMED, worker.seat))',
        ],
      ],
    },
    'a kill that comes second gives up': {
      'live/handle.ts': [
        [
          'if (!claim(arena, this.slot, word, worker.seat)) continue',
          'if (!claim(arena, this.slot, word, worker.seat)) return',
        ],
      ],
    },
    'the end is sent before it is written': {
      'scheduler/worker.ts': [
        ['    store(words, slot + STATE, withState(words[slot + STATE]!, state, this.seat))\n', ''],
        [
          '    if (isRoot) this.post.report(slot)\n',
          '    const word = withState(words[slot + STATE]!, state, this.seat)\n    if (isRoot) this.post.report(slot)\n    store(words, slot + STATE, word)\n',
        ],
        ['    else this.registry.sleepers.wake(home)\n', '    if (!isRoot) this.registry.sleepers.wake(home)\n'],
      ],
    },
    'the end rings nobody': { 'scheduler/post.ts': [['    this.ring(slot + WATCHERS)\n', '']] },
    'the keeper is not told': { 'scheduler/post.ts': [['    else this.send(keeper, slot)\n  }', '  }']] },
    'mail wakes nobody': {
      'scheduler/post.ts': [['    this.#registry.sleepers.wake(seat)\n', '']],
    },
    'the word that names a notice comes before it': {
      'scheduler/notice.ts': [
        ['  worker.post.send(seat, notice)\n', '  return notice\n'],
        ['  tell(worker, seat, root,', '  const notice = tell(worker, seat, root,'],
        [
          '  store(words, registry.seat(seat) + WANT, 1)\n',
          '  store(words, registry.seat(seat) + WANT, 1)\n  worker.post.send(seat, notice)\n',
        ],
      ],
    },
    'a notice is for whatever is in the slot': {
      'live/letters.ts': [['useOf(word) !== use || stateOf(word)', 'stateOf(word)']],
    },
    'a handle elsewhere does not hold the slot': {
      'live/handle.ts': [['    add(worker.registry.arena.words, this.slot + HOLDS, 1)\n    return', '    return']],
    },
    'a seat without residents reads no mail': {
      'scheduler/notice.ts': [['  post.take(undefined)\n', '']],
    },
    'what a thread has out of its mail is marked then': {
      'lockfree/mailbox.ts': [
        ['        mark(at)\n', ''],
        ['      each(oldest)\n', '      mark(oldest)\n      each(oldest)\n'],
      ],
    },
    'the repair leaves errands that the dead one had out': {
      'scheduler/repair.ts': [['if (words[slot + DELIVERY] === ERRAND && isHeld) decline(worker, slot)', '']],
    },
    'nobody is told of what a dead thread has ended': {
      'scheduler/repair.ts': [['    else remind(worker, slot, word)\n', '']],
    },
    'what nobody knows stays': { 'live/letters.ts': [['  if (ended !== 0) tree.bury(ended)\n', '']] },
    'what a dead thread has ended and mailed comes once more': {
      'scheduler/notice.ts': [['=== use && load(arena.words, root + HOLDS) >= KEPT ?', '=== use || use >= 0 ?']],
    },
    'what was taken out of the mail is as in the mail': {
      'scheduler/post.ts': [['if (delivery !== SPAWNED) return', 'if (delivery >= 0 || stateOf(0) < 0) return']],
    },
    'who lets go last does not say so': {
      'scheduler/jobs.ts': [
        ['const left = holds === part ? ~this.#seat : holds - part', 'const left = holds - part'],
        ['left < 0 && this', 'left === 0 && this'],
      ],
    },
    'a parent ends before its children': {
      'live/tree.ts': [['if (!resident.over || resident.youngest !== undefined) return', 'if (!resident.over) return']],
    },
    'who ends at home asks nobody who else holds it': {
      'live/tree.ts': [['words[slot + HOLDS] !== KEPT || ', '']],
    },
    'the children of who is killed go on': {
      'live/tree.ts': [['child.doom(reason)', 'void reason']],
    },
  },
  shownIn: {
    'who ends at home asks nobody who else holds it': 'who spawned it runs it, and another kills it',
    'a kill claims by a store': 'who spawned it kills it',
    'the end is sent before it is written': 'who spawned it kills it',
    'the keeper is not told': 'who spawned it kills it',
    'a seat without residents reads no mail': 'who spawned it kills it',
    'a kill that comes second gives up': 'it waits for ever, and is killed',
    'the end rings nobody': 'a third waits',
    'mail wakes nobody': 'it waits for ever, and is killed',
    'the word that names a notice comes before it': 'the same where others live',
    'a notice is for whatever is in the slot': 'its slot is in another use',
    'a handle elsewhere does not hold the slot': 'a third waits',
    'what a thread has out of its mail is marked then': 'who it is pinned to dies',
    'the repair leaves errands that the dead one had out': 'who it is pinned to dies',
    'nobody is told of what a dead thread has ended': 'who it is pinned to dies',
    'what nobody knows stays': 'who runs it dies, and who spawned it has died before',
    'what was taken out of the mail is as in the mail': 'who spawned it dies',
    'who lets go last does not say so': 'who spawned it dies',
    'a parent ends before its children': 'a parent is killed as its child ends',
    'the children of who is killed go on': 'a parent is killed, whose child waits',
  },
}
