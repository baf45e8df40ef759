import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import type * as handles from '../../../src/live/handle.ts'
import type * as households from '../../../src/live/household.ts'
import type * as spawns from '../../../src/live/spawn.ts'
import type * as waits from '../../../src/live/wait.ts'
import type * as notices from '../../../src/scheduler/notice.ts'
import type * as lists from '../../../src/scheduler/tasks.ts'
import type * as workers from '../../../src/scheduler/worker.ts'
import type { Outcome, Scenario } from '../explore.ts'
import type { Model } from '../model.ts'
import { add, load, watch, type Words } from '../seam.ts'
import type { Faults } from '../tree.ts'
import { awaitOne, turnUntil } from './houses.ts'
import { audit, common, type Modules, modulesFor, RIPE, seated, THREADS } from './parts.ts'

/**
 * Spawn, kill and end of a task over the households of three seats: who spawns it (and is told of its end), who runs it, and who kills it from a
 * handle that came in a message; and the death of one of them between any two steps, with the repair beside the others.
 */

/** Where the handle's words lie, and how often each body has begun and ended. */
const HANDLE = common.words - 3
const BEGUN = common.words - 5
const ENDED = common.words - 7

interface Kinds {
  readonly handles: typeof handles
  readonly households: typeof households
  readonly spawns: typeof spawns
  readonly notices: typeof notices
  /** Stops if it shall; else its result is 10. */
  readonly brief: lists.TaskRecord
  /** The same, after it has taken the mail as a join does. */
  readonly joins: lists.TaskRecord
  /** Waits for ever. */
  readonly waits: lists.TaskRecord
  /** Spawns a brief one, its second, and waits for it. */
  readonly parent: lists.TaskRecord
}

interface Seat {
  readonly m: Modules
  readonly kinds: Kinds
}

const known = new WeakMap<Modules, Promise<Seat>>()

/** A task can be declared once only. */
function seatOf(m: Modules): Promise<Seat> {
  let seat = known.get(m)
  if (seat === undefined) known.set(m, (seat = makeSeat(m)))
  return seat
}

async function makeSeat(m: Modules): Promise<Seat> {
  const { enlist } = await m.from<typeof lists>('scheduler/tasks.ts')
  const { Wait } = await m.from<typeof waits>('live/wait.ts')
  const { currentWorker } = m.workers
  const { spawn } = await m.from<typeof spawns>('live/spawn.ts')
  const { householdOf } = await m.from<typeof households>('live/household.ts')
  class Never extends Wait<void> {
    readonly watches = []
    protected attempt(): boolean {
      return false
    }
  }
  const brief = (n: number): number => {
    add(m.place.words, BEGUN + n, 1)
    currentWorker()!.poll()
    add(m.place.words, ENDED + n, 1)
    return 10
  }
  const joins = (n: number): number => {
    currentWorker()!.lodging.mail()
    return brief(n)
  }
  const forEver = function* (n: number) {
    add(m.place.words, BEGUN + n, 1)
    yield* new Never(householdOf(currentWorker()!))
  }
  const parent = function* (n: number) {
    add(m.place.words, BEGUN + n, 1)
    const child = spawn(brief as never, n + 1) as handles.Handle<unknown>
    const value = (yield* child.join()) as number
    add(m.place.words, ENDED + n, 1)
    return value
  }
  return {
    m,
    kinds: {
      handles: await m.from('live/handle.ts'),
      households: await m.from('live/household.ts'),
      spawns: await m.from('live/spawn.ts'),
      notices: await m.from('scheduler/notice.ts'),
      brief: enlist(brief, 'model:', 'brief'),
      joins: enlist(joins, 'model:', 'joins'),
      waits: enlist(forEver, 'model:', 'waits'),
      parent: enlist(parent, 'model:', 'parent'),
    },
  }
}

type Kind = 'brief' | 'joins' | 'waits' | 'parent'

/** What became of a task, in words that all threads have in common. */
function end({ kinds }: Seat, outcome: handles.Outcome<unknown> | undefined): string {
  if (outcome === undefined) return 'none'
  if (outcome.ok) return `value ${String(outcome.value)}`
  const error = outcome.error as Error & { reason?: unknown }
  return error.name === 'KilledError' ? `killed: ${String(error.reason)}` : error.name
}

/** A thread in its seat, which has a household. */
function housed({ m, kinds }: Seat, seat: number, words: Words, publishes: readonly lists.TaskRecord[] = []) {
  const worker = seated(m, seat, words, publishes)
  const house = kinds.households.householdOf(worker)
  // A task runs: what it has is let go of at its end.
  worker.lodging.loose = false
  return { worker, house }
}

/** Who spawns, and is told of the end. `others` have a handle too. */
const spawning =
  (
    at: Seat,
    kind: Kind,
    others: number,
    part: (keeper: Keeper) => unknown,
    options: spawns.SpawnOptions = {},
    seat = 0,
  ) =>
  (words: Words): (() => unknown) => {
    const record = at.kinds[kind]
    const { worker, house } = housed(at, seat, words, [record])
    const spawn = (n: number) => at.kinds.spawns.launch(house, options, record, [n], 0)
    const handle = spawn(0)
    for (let i = 0; i < others; i++) [words[HANDLE], words[HANDLE + 1]] = handle.depart() as [number, number]
    return () => part({ at, worker, house, handle, spawn, end: one => end(at, awaitOne(worker, house, one.result())) })
  }

interface Keeper {
  readonly at: Seat
  readonly worker: workers.Worker
  readonly house: households.Household
  readonly handle: handles.Handle<unknown>
  spawn(n: number): handles.Handle<unknown>
  end(handle: handles.Handle<unknown>): string
}

/** Who has got the handle in a message. */
const elsewhere =
  (at: Seat, seat: number, part: (keeper: Omit<Keeper, 'spawn'>) => unknown) =>
  (words: Words): (() => unknown) => {
    const { worker, house } = housed(at, seat, words)
    const handle = new at.kinds.handles.Handle(house, words[HANDLE]!, words[HANDLE + 1]!, undefined, true)
    worker.lodging.keep(handle.hold!)
    return () => {
      const result = part({ at, worker, house, handle, end: one => end(at, awaitOne(worker, house, one.result())) })
      worker.lodging.letGo()
      // It may have been the last to have it, and hears of the end of its own subscription.
      worker.lodging.turn()
      return result
    }
  }

/** Who takes a job, if there is one, and sees to it until it has ended. */
const running =
  (at: Seat, seat: number, hosts: boolean) =>
  (words: Words): (() => unknown) => {
    const worker = hosts ? housed(at, seat, words).worker : seated(at.m, seat, words)
    const { lodging, post } = worker
    return () => {
      at.m.place.words = words
      worker.help(-1)
      if (hosts) turnUntil(worker, () => lodging.residents!.vacant)
      // Between jobs (Loop).
      else {
        lodging.mail()
        for (const letter of post.letters.splice(0)) at.kinds.notices.ignore(worker, letter)
      }
    }
  }

async function scenarios(broken: Faults): Promise<Readonly<Record<string, Scenario>>> {
  const [a, b, c, d] = (await Promise.all((await modulesFor(4, broken, RIPE)).map(seatOf))) as [Seat, Seat, Seat, Seat]

  /** What is in the mail yet is the end of subscriptions, and notices that came too late. */
  const cleanUp = ({ memory, died }: Outcome): void => {
    const words = watch(memory)
    for (const [seat, at] of [a, b, c].entries()) housed(at, seat, words).worker.lodging.turn()
    audit(a.m, memory, Number(died))
  }

  const told = ({ memory }: Outcome, ends: readonly string[], possible: readonly string[]): void => {
    for (const one of ends) ok(possible.includes(one), `ended as ${one}, not ${possible.join(' or ')}`)
    ok(new Set(ends).size === 1, `all are told the same, not ${ends.join(' and ')}`)
    const begun = memory[BEGUN]!
    const ended = memory[ENDED]!
    ok(begun <= 1, `begun ${begun} times`)
    if (ends[0]!.startsWith('value')) strictEqual(ended, 1, 'a result is that of a body that has ended')
    else if (ends[0]!.startsWith('killed')) strictEqual(ended, 0, 'who has been killed has not ended')
  }
  const KILLED = ['value 10', 'killed: late']

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

  const kill = ({ handle, end: endOf }: Omit<Keeper, 'spawn'>): unknown => {
    handle.kill('late')
    return endOf(handle)
  }
  const wait = ({ handle, end: endOf }: Omit<Keeper, 'spawn'>): unknown => endOf(handle)
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
  /** The parent's own seat, where it has begun: it lives there until it ends. */
  const living =
    (at: Seat, seat: number) =>
    (words: Words): (() => unknown) => {
      const { worker } = housed(at, seat, words, [at.kinds.brief])
      worker.help(-1)
      return () => {
        at.m.place.words = words
        turnUntil(worker, () => worker.lodging.residents!.vacant)
      }
    }
  const LOST = [...KILLED, 'WorkerLostError']

  return {
    'who spawned it kills it': scenario([spawning(a, 'brief', 0, kill), running(b, 1, false)], KILLED),
    'the same where others live': scenario([spawning(a, 'brief', 0, kill), running(b, 1, true)], KILLED),
    'it waits for ever, and is killed': scenario([spawning(a, 'waits', 0, kill), running(b, 1, true)], KILLED.slice(1)),
    'a third kills it': scenario(
      [spawning(a, 'brief', 1, wait), running(b, 1, false), elsewhere(c, THREADS, ({ handle }) => handle.kill('late'))],
      KILLED,
    ),
    'a third waits': scenario(
      [spawning(a, 'brief', 1, wait), running(b, 1, false), elsewhere(c, THREADS, wait)],
      KILLED.slice(0, 1),
      {},
      [0, 2],
    ),
    'two kill it': scenario(
      [spawning(a, 'brief', 1, kill), running(b, 1, false), elsewhere(c, THREADS, kill)],
      KILLED,
      { large: true },
      [0, 2],
    ),
    'who runs it dies': scenario(
      [spawning(a, 'brief', 0, kill), running(b, 1, true), repairing(1)],
      LOST,
      { victim: 1, large: true },
    ),
    'who kills it dies': scenario(
      [
        spawning(a, 'brief', 1, ({ at, worker, handle, house }) => {
          const result = handle.result()
          turnUntil(worker, () => result.poll(), true)
          return end(at, awaitOne(worker, house, result))
        }),
        elsewhere(b, 1, kill),
        repairing(1),
      ],
      LOST,
      { victim: 1, large: true },
      [0],
      // Who kills may die with a notice that it has not sent, and its handle holds the slot for ever.
      true,
    ),
    'its slot is in another use': {
      ...common,
      large: true,
      threads: [
        spawning(a, 'joins', 1, ({ spawn, handle, end: endOf }) => [endOf(handle), endOf(spawn(1))]),
        words => {
          const { worker } = housed(b, 1, words)
          return () => {
            b.m.place.words = words
            turnUntil(worker, () => load(words, ENDED + 1) === 1, true)
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
      threads: [spawning(a, 'parent', 0, kill, {}, THREADS), living(b, 0), running(c, 1, false)],
      check: outcome => {
        told(outcome, [outcome.results[0] as string], KILLED)
        const [begun, ended] = [outcome.memory[BEGUN + 1]!, outcome.memory[ENDED + 1]!]
        ok(begun <= 1 && ended <= begun, `the child has begun ${begun} times`)
        if (outcome.results[0] === KILLED[0]) strictEqual(ended, 1)
        cleanUp(outcome)
      },
    },
    'who it is pinned to dies': scenario(
      [spawning(a, 'brief', 0, wait, { on: 1 }), running(b, 1, true), repairing(1)],
      [KILLED[0]!, 'WorkerLostError'],
      { victim: 1 },
    ),
  }
}

export const model: Model = {
  build: scenarios,
  faults: {
    'a kill claims by a store': {
      'live/handle.ts': [
        [
          'if (!claim(arena, this.slot, word, worker.seat)) continue',
          'store(arena.words, this.slot + STATE, withState(word, CLAIMED, worker.seat))',
        ],
      ],
    },
    'a kill that comes second gives up': {
      'live/handle.ts': [['if (!claim(arena, this.slot, word, worker.seat)) continue', "if (!claim(arena, this.slot, word, worker.seat)) return"]],
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
        ['  worker.post.send(seat, notice)\n', ''],
        [
          '  store(words, registry.seat(seat) + WANT, 1)\n',
          '  store(words, registry.seat(seat) + WANT, 1)\n  worker.post.send(seat, notice)\n',
        ],
      ],
    },
    'a notice is for whatever is in the slot': {
      'live/household.ts': [['useOf(word) !== use || stateOf(word)', 'stateOf(word)']],
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
    'what a dead thread has ended is its own': {
      'scheduler/repair.ts': [
        ['if (by === seat) replace(words, slot + STATE, word, withState(word, state, GHOST))', ''],
      ],
    },
    'after a death nobody looks for ghosts': { 'live/household.ts': [['    this.tree.revive(mail)\n', '']] },
    'a ghost that was mailed is buried twice': {
      'live/tree.ts': [
        ['if (this.#wards.find(words, ward.slot) === ward) this.bury', 'this.bury'],
      ],
    },
    'a parent ends before its children': {
      'live/tree.ts': [['if (!resident.over || resident.youngest !== undefined) return', 'if (!resident.over) return']],
    },
    'the children of who is killed go on': {
      'live/tree.ts': [['child.kill(reason)', 'void reason']],
    },
  },
  shownIn: {
    'a kill that comes second gives up': 'it waits for ever, and is killed',
    'the end rings nobody': 'a third waits',
    'mail wakes nobody': 'it waits for ever, and is killed',
    'the word that names a notice comes before it': 'the same where others live',
    'a notice is for whatever is in the slot': 'its slot is in another use',
    'a handle elsewhere does not hold the slot': 'a third waits',
    'what a thread has out of its mail is marked then': 'who it is pinned to dies',
    'the repair leaves errands that the dead one had out': 'who it is pinned to dies',
    'what a dead thread has ended is its own': 'who it is pinned to dies',
    'after a death nobody looks for ghosts': 'who it is pinned to dies',
    'a ghost that was mailed is buried twice': 'who it is pinned to dies',
    'a parent ends before its children': 'a parent is killed as its child ends',
    'the children of who is killed go on': 'a parent is killed as its child ends',
  },
}
