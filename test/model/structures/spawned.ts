import { ok, strictEqual } from 'node:assert/strict'

import type * as handles from '../../../src/live/handle.ts'
import type * as households from '../../../src/live/household.ts'
import type * as spawns from '../../../src/live/spawn.ts'
import type * as waits from '../../../src/live/wait.ts'
import type * as notices from '../../../src/scheduler/notice.ts'
import type * as lists from '../../../src/scheduler/tasks.ts'
import type * as workers from '../../../src/scheduler/worker.ts'
import type { Task } from '../../../src/task/task.ts'
import type { Outcome as Ended } from '../../../src/live/outcome.ts'
import type { Outcome } from '../explore.ts'
import { add, type Words } from '../seam.ts'
import { awaitOne, turnUntil } from './houses.ts'
import { common, type Modules, seated } from './parts.ts'

/** What the threads of kill.ts do: spawn, run, kill and wait. */

/** Where the handle's words lie, and how often each body has begun and ended. */
const HANDLE = common.words - 3
export const BEGUN = common.words - 5
export const ENDED = common.words - 7
/** The second has been spawned. */
export const GATE = common.words - 8

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
  /** Spawns a brief one, and waits for it. */
  readonly parent: lists.TaskRecord
  /** The same of one that waits for ever. */
  readonly patient: lists.TaskRecord
}

export interface Seat {
  readonly m: Modules
  readonly kinds: Kinds
}

const known = new WeakMap<Modules, Promise<Seat>>()

/** A task can be declared once only. */
export function seatOf(m: Modules): Promise<Seat> {
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
  const parentOf = (born: Task<(n: number) => unknown>) =>
    function* (n: number) {
      add(m.place.words, BEGUN + n, 1)
      const child = spawn(born, n + 1)
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
      parent: enlist(parentOf(brief as Task<typeof brief>), 'model:', 'parent'),
      patient: enlist(parentOf(forEver as Task<typeof forEver>), 'model:', 'patient'),
    },
  }
}

type Kind = 'brief' | 'joins' | 'waits' | 'parent' | 'patient'

/** What became of a task, in words that all threads have in common. */
export function end(outcome: Ended<unknown> | undefined): string {
  if (outcome === undefined) return 'none'
  if (outcome.ok) return `value ${String(outcome.value)}`
  const error = outcome.error as Error & { reason?: unknown }
  return error.name === 'KilledError' ? `killed: ${String(error.reason)}` : error.name
}

/** A thread in its seat, which has a household. */
export function housed({ m, kinds }: Seat, seat: number, words: Words, publishes: readonly lists.TaskRecord[] = []) {
  const worker = seated(m, seat, words, publishes)
  const house = kinds.households.householdOf(worker)
  // A task runs: what it has is let go of at its end.
  worker.lodging.loose = false
  return { worker, house }
}

/** Who spawns, and is told of the end. `others` have a handle too. */
export const spawning =
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
    return () => {
      at.m.place.words = words
      return part({ at, worker, house, handle, spawn, end: one => end(awaitOne(worker, house, one.result())) })
    }
  }

export interface Keeper {
  readonly at: Seat
  readonly worker: workers.Worker
  readonly house: households.Household
  readonly handle: handles.Handle<unknown>
  spawn(n: number): handles.Handle<unknown>
  end(handle: handles.Handle<unknown>): string
}

/** Who has got the handle in a message. */
export const elsewhere =
  (at: Seat, seat: number, part: (keeper: Omit<Keeper, 'spawn'>) => unknown) =>
  (words: Words): (() => unknown) => {
    const { worker, house } = housed(at, seat, words)
    const handle = new at.kinds.handles.Handle(house, words[HANDLE]!, words[HANDLE + 1]!, undefined, true)
    worker.lodging.keep(handle.hold!)
    return () => {
      const result = part({ at, worker, house, handle, end: one => end(awaitOne(worker, house, one.result())) })
      worker.lodging.letGo()
      // It may have been the last to have it, and hears of the end of its own subscription.
      worker.lodging.turn()
      return result
    }
  }

/** Who takes a job, if there is one, and sees to it until it has ended. */
export const running =
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

/** Who has taken a job, and runs it to its end. */
export const claiming =
  (at: Seat, seat: number) =>
  (words: Words): (() => unknown) => {
    const worker = seated(at.m, seat, words)
    const claimed = worker.lodging.next(-1, 0)
    return () => {
      at.m.place.words = words
      worker.execute(claimed)
    }
  }

/** What may become of who is killed. */
export const KILLED: readonly string[] = ['value 10', 'killed: late']

/** Those that know of its end have heard the same of it, and it is what has become of its body. */
export const told = ({ memory }: Outcome, ends: readonly string[], possible: readonly string[]): void => {
  for (const one of ends) ok(possible.includes(one), `ended as ${one}, not ${possible.join(' or ')}`)
  ok(new Set(ends).size === 1, `all are told the same, not ${ends.join(' and ')}`)
  const begun = memory[BEGUN]!
  const ended = memory[ENDED]!
  ok(begun <= 1, `begun ${begun} times`)
  if (ends[0]!.startsWith('value')) strictEqual(ended, 1, 'a result is that of a body that has ended')
  else if (ends[0]!.startsWith('killed')) strictEqual(ended, 0, 'who has been killed has not ended')
}
export const kill = ({ handle, end: endOf }: Omit<Keeper, 'spawn'>): unknown => {
  handle.kill('late')
  return endOf(handle)
}

export const waiting = ({ handle, end: endOf }: Omit<Keeper, 'spawn'>): unknown => endOf(handle)

/** The parent's own seat, where it has begun: it lives there until it ends. */
export const living =
  (at: Seat, seat: number) =>
  (words: Words): (() => unknown) => {
    const { worker } = housed(at, seat, words, [at.kinds.brief, at.kinds.waits])
    worker.help(-1)
    return () => {
      at.m.place.words = words
      turnUntil(worker, () => worker.lodging.residents!.vacant)
    }
  }
