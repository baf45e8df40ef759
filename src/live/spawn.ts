import { CanceledError, ForkError, OptionError, refuseOthers, WorkerLostError } from '../errors.ts'
import { add, load, replace } from '../memory/atomics.ts'
import { WORKER } from '../scheduler/duty.ts'
import { DO, OWN, RATHER_OWN, sendErrand } from '../scheduler/errand.ts'
import { provide } from '../scheduler/lobby.ts'
import { DUTY, type Registry, SOLO } from '../scheduler/registry.ts'
import { provideResidents } from '../scheduler/residents.ts'
import { needRoom } from '../scheduler/room.ts'
import { type AnyFunction, recordOf, type TaskRecord } from '../scheduler/tasks.ts'
import {
  claim,
  CLAIMED,
  FAILED,
  HOLDS,
  KEEPER,
  LOCALS,
  NAME,
  PARENT,
  PINNED,
  PUBLISHED,
  seatOf,
  SIBLING,
  SLOT_SIZE,
  SPAWNED,
  stateOf,
  STRAYS,
  SUPERVISED,
  useOf,
} from '../scheduler/slot.ts'
import { currentWorker, type Worker } from '../scheduler/worker.ts'
import { envoys } from '../wire/envoy.ts'
import { type Arguments, notTask } from '../task/fork.ts'
import { type Result, type Task, task } from '../task/task.ts'
import { checkDeadline, type Deadline, keepDeadline } from './deadline.ts'
import { Deadlocks } from './deadlocks.ts'
import { cyclesOf, describe, describer, type Living } from './dump.ts'
import { deposit } from './deposits.ts'
import { provideFollower } from './follow.ts'
import { Handle } from './handle.ts'
import { inherit } from './inheritance.ts'
import { keepFor } from './hold.ts'
import { type Household, householdOf } from './household.ts'
import type { Wait } from './wait.ts'

/** How a task is spawned. */
export interface SpawnOptions extends Deadline {
  /** What it is called in messages, and by `currentTask().name`. Default: name and place of the task. */
  readonly name?: string
  /** It begins when these have ended; if one of them fails, it fails as that one, and does not begin. */
  readonly after?: readonly Handle<unknown>[]
  /** It belongs to nobody: it outlives its parent, and its failure is its own. Default: it is a child of the task that spawns it. */
  readonly detached?: boolean
  /** Its failure shows where it is joined, and nowhere else. Default: a failure that nobody waits for is thrown in its parent. */
  readonly supervised?: boolean
  /** The worker that it runs on, and on no other. */
  readonly on?: number
  /**
   * It has a thread of its own for as long as it lives, and may block it or loop for ever. What it forks and spawns runs on the pool's
   * workers. It waits while the pool has as many threads as `maxThreads` allows; where the pool has no threads, it runs in place. The thread is
   * started by the thread that made the pool: while that one is blocked, none is.
   */
  readonly dedicated?: boolean
}

/**
 * Starts a task that lives on its own, as a child of the task that calls this. Inside a task only; from outside:
 * {@link Pool.spawn}.
 *
 * The child runs on whatever worker takes it, and may outlive the function that spawned it, but not the task: a task ends after all its
 * children. If a child fails and nobody waits for it, its error is thrown in the parent, at its next fork, join or wait; if it is
 * not caught there, the parent fails and its other children are killed.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { run, spawn, task } from 'filch'
 *
 * export const square = task((n: number) => n * n)
 * export const sum = task(function* (n: number) {
 *   const squares = Array.from({ length: n }, (_, i) => spawn(square, i))
 *   let total = 0
 *   for (const handle of squares) total += yield* handle.join()
 *   return total
 * })
 *
 * if (import.meta.main) equal(await run(sum, 4), 14)
 * ```
 *
 * @throws {ForkError} outside a task
 * @throws {NotSendableError} if an argument cannot cross
 */
export function spawn<F extends AnyFunction>(fn: Task<F>, ...args: Arguments<F>): Handle<Result<F>> {
  return begin(PLAIN, fn, args) as Handle<Result<F>>
}

/**
 * As {@link spawn}, with options.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { run, spawnWith, task } from 'filch'
 *
 * export const fails = task((): number => {
 *   throw new Error('no')
 * })
 * export const tries = task(function* () {
 *   const outcome = yield* spawnWith({ supervised: true }, fails).result()
 *   return outcome.ok
 * })
 *
 * if (import.meta.main) equal(await run(tries), false)
 * ```
 */
export function spawnWith<F extends AnyFunction>(
  options: SpawnOptions,
  fn: Task<F>,
  ...args: Arguments<F>
): Handle<Result<F>> {
  return begin(options, fn, args) as Handle<Result<F>>
}

function begin(options: SpawnOptions, fn: unknown, args: readonly unknown[]): Handle<unknown> {
  const worker = currentWorker()
  if (worker === undefined) {
    throw new ForkError(
      'ERR_FILCH_OUTSIDE_TASK',
      'spawn works inside a task only. From outside: pool.spawn(task, ...args), or await run(task, ...args).',
    )
  }
  worker.poll()
  const household = householdOf(worker)
  const record = recordOrThrow(fn)
  return (
    (isBare(checked(options, worker)) ? household.call(record, args, options.supervised === true) : undefined) ??
    start(household, options, record, args, worker.root)
  )
}

/** Without options: not looked at, nor made each time. */
const PLAIN: SpawnOptions = {}

const NAMES = ['name', 'after', 'signal', 'timeout', 'detached', 'supervised', 'on', 'dedicated']

function checked(options: SpawnOptions, worker: Worker): SpawnOptions {
  if (options === PLAIN) return options
  if (typeof options !== 'object' || options === null) throw new OptionError('options', options, 'Give an object.')
  refuseOthers('An option of spawn', options, NAMES)
  const { after, dedicated, on, name } = options
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw new OptionError('name', name, 'Give some text.')
  }
  if (after !== undefined && !(Array.isArray(after) && after.every(handle => handle instanceof Handle))) {
    throw new OptionError('after', after, 'Give an array of handles.')
  }
  checkDeadline(options)
  if (on === undefined) return options
  if (dedicated === true) throw new OptionError('on', on, 'Not together with `dedicated`.')
  const { registry } = worker
  const isWorker = registry.threads === 0 ? on === 0 : Number.isInteger(on) && isStaffed(registry, on)
  if (!isWorker) {
    const most = Math.max(1, registry.threads) - 1
    throw new OptionError(
      'on',
      on,
      `Give the index of a worker: from 0 to ${most}, or what workerIndex() is there after a resize.`,
    )
  }
  return options
}

/** Nothing of it takes more than a call (call.ts). */
function isBare(options: SpawnOptions): boolean {
  for (const name in options) if (name !== 'supervised') return false
  return true
}

function recordOrThrow(fn: unknown): TaskRecord {
  const record = typeof fn === 'function' ? recordOf(fn as AnyFunction) : undefined
  if (record === undefined) throw notTask(fn)
  return record
}

/** Spawns a task, now or when others have ended, and sees to it that it ends in time. */
function start(
  household: Household,
  options: SpawnOptions,
  record: TaskRecord,
  args: readonly unknown[],
  root: number,
): Handle<unknown> {
  const { after } = options
  const handle =
    after === undefined
      ? launch(household, options, record, args, root)
      : launchAfter(household, options, record, args, root, after, false)
  keepDeadline(handle, options)
  return handle
}

/**
 * Waits for others, and then for one that it spawns: kill, failure and the end of its parent come to it as to any task. Where it
 * waits does not matter; the one that it spawns runs on any worker.
 */
const follow = task(
  import.meta,
  function* (
    first: readonly Handle<unknown>[],
    passes: boolean,
    options: Pick<SpawnOptions, 'on' | 'name' | 'dedicated'>,
    fn: Task<AnyFunction>,
    args: readonly unknown[],
  ): Generator<Wait<unknown>, unknown> {
    const values: unknown[] = []
    for (const handle of first) values.push(yield* handle.join())
    return yield* begin(options, fn, passes ? [...values, ...args] : args).join()
  },
)

/** With `passes`, the task gets the results of `first` before its other arguments. */
function launchAfter(
  household: Household,
  options: SpawnOptions,
  record: TaskRecord,
  args: readonly unknown[],
  root: number,
  first: readonly Handle<unknown>[],
  passes: boolean,
): Handle<unknown> {
  const { on, name, dedicated = false, ...rest } = options
  const inner = { dedicated, ...(on === undefined ? {} : { on }), ...(name === undefined ? {} : { name }) }
  const outer = { ...rest, name: name ?? record.label }
  return launch(household, outer, recordOf(follow)!, [first, passes, inner, record.fn, args], root)
}

provideFollower((handle: Handle<unknown>, fn, env) => {
  const worker = currentWorker()
  worker?.poll()
  const household = householdOf(worker ?? handle.house.worker)
  return launchAfter(household, {}, recordOrThrow(fn), env, worker?.root ?? 0, [handle], true)
})

export function isStaffed(registry: Registry, seat: number): boolean {
  if (seat < 0 || seat >= registry.inUse || seat === registry.caller) return false
  return load(registry.arena.words, registry.seat(seat) + DUTY) === WORKER
}

/** Makes the job and whatever keeps it. `root` is the task that spawns it; 0: nobody. */
export function launch(
  household: Household,
  { detached = false, supervised = false, on, dedicated = false, name }: SpawnOptions,
  record: TaskRecord,
  args: readonly unknown[],
  root: number,
): Handle<unknown> {
  const { worker } = household
  const { jobs, registry, seat } = worker
  const parent = detached ? 0 : root
  const home = parent === 0 ? 0 : jobs.state(parent)
  // Its thread was lost, and this is a fork that nobody will join.
  if (parent !== 0 && stateOf(home) !== CLAIMED) throw new CanceledError('The task that this one belongs to is gone.')
  const keeper = parent === 0 ? seat : seatOf(home)
  const own = dedicated || (on === undefined && registry.arena.words[registry.control + SOLO] === 1)
  const sends = registry.threads > 0 && (own || on !== undefined)
  // An errand that the end of the stack cut off would leave a task that nobody begins.
  if (sends) needRoom()
  jobs.write(args)
  const slot = jobs.make(registry.directory.idOf(record), args.length, SPAWNED, 0)
  const { words } = registry.arena
  // Nobody holds the arguments until they are read.
  if (jobs.writer.buffers.length > 0) jobs.leave(jobs.writer.buffers, slot, jobs.state(slot))
  try {
    if (root !== 0 && words[root + LOCALS] !== 0) inherit(worker, root, slot)
    if (name !== undefined) registry.arena.words[slot + NAME] = deposit(worker, name, 'name', slot)
  } catch (error) {
    jobs.forget(slot)
    throw error
  }
  words[slot + PARENT] = parent
  words[slot + KEEPER] = keeper
  const handle = new Handle<unknown>(household, slot, useOf(jobs.state(slot)), name ?? record.label, keeper !== seat)
  handle.supervised = supervised
  words[slot + SUPERVISED] = Number(supervised)
  words[slot + PINNED] = Number(sends && (dedicated || on !== undefined))
  if (keeper === seat) {
    household.tree.adopt(handle, parent === 0 ? undefined : household.tree.resident(parent))
    jobs.publish(slot)
  } else {
    add(words, slot + HOLDS, 1)
    keepFor(worker, handle.hold!, handle)
    // First, though nobody can begin it yet: who finds it on the list may kill it, and if this thread dies it is found.
    jobs.publish(slot)
    stray(worker, parent, slot)
  }
  const use = useOf(jobs.state(slot))
  // By errand, not by the slot itself: who kills it, or joins it where it stands, must be free to send that to its keeper.
  if (!sends) household.stock(handle)
  else if (on !== undefined) pin(household, on, slot, use, handle.name)
  else sendErrand(worker, registry.caller, dedicated ? OWN : RATHER_OWN, slot, use)
  return handle
}

/** The job waits for one worker; if that has left in the very moment, it ends. */
function pin(household: Household, on: number, slot: number, use: number, name: string): void {
  const { worker } = household
  const { arena } = worker.registry
  sendErrand(worker, on, DO, slot, use)
  // A worker that leaves looks into its mail after its duty has changed. So if it has not yet, it will see this.
  if (isStaffed(worker.registry, on)) return
  const word = worker.jobs.state(slot)
  if (useOf(word) !== use || stateOf(word) !== PUBLISHED || !claim(arena, slot, word, worker.seat)) return
  worker.jobs.conclude(slot, new WorkerLostError(`worker ${on}, to which ${name} was pinned, has left the pool`), true)
  worker.finish(slot, FAILED)
  household.soon()
}

/** A fork that runs on another seat than its root has spawned it: the root's seat finds it on this list, at the latest when its body ends. */
function stray(worker: Worker, parent: number, slot: number): void {
  const { words } = worker.registry.arena
  for (;;) {
    const first = load(words, parent + STRAYS)
    words[slot + SIBLING] = first
    if (replace(words, parent + STRAYS, first, slot)) return
  }
}

const HANDLE = 0
envoys<Worker>(HANDLE, Handle.prototype, {
  many: true,
  arrive(worker, words, copy) {
    const [slot, use] = words as [number, number]
    worker.registry.arena.reach(slot + SLOT_SIZE)
    if (copy) add(worker.registry.arena.words, slot + HOLDS, 1)
    const handle = new Handle(householdOf(worker), slot, use, undefined, true)
    keepFor(worker, handle.hold!, handle)
    return handle
  },
  recall(worker, [slot]) {
    worker.registry.arena.reach(slot! + SLOT_SIZE)
    worker.jobs.letGo(slot!, 1)
  },
})

provideResidents(householdOf)
provide({
  open(worker, front) {
    householdOf(worker).front ??= front
  },
  spawn: (worker, options, record, args) =>
    start(householdOf(worker), checked(options as SpawnOptions, worker), record, args, 0),
  describe,
  describer,
  cyclesOf,
  watch(name, worker, look, warn) {
    const deadlocks = new Deadlocks(name, worker, look as () => Promise<{ cycles: Living[][] }>, warn)
    return pending => deadlocks.watch(pending)
  },
})
