import { ForkError } from '../errors.ts'
import { store } from '../memory/atomics.ts'
import { ChannelBuffers } from '../platform/node/buffers.ts'
import { cores, environment, Hold, lineFrom, uniqueName, warn } from '../platform/node/host.ts'
import { readTally, type Tally } from '../scheduler/counters.ts'
import { runHere } from '../scheduler/here.ts'
import { WORKER } from '../scheduler/duty.ts'
import { Passport } from '../scheduler/passport.ts'
import { channelsFor, hasLobby, lobbyFor } from '../scheduler/lobby.ts'
import { ACTIVE, Registry, SOLO } from '../scheduler/registry.ts'
import { needRoom } from '../scheduler/room.ts'
import { seatedIn } from '../scheduler/seat.ts'
import { type AnyFunction, recordOf, type TaskRecord } from '../scheduler/tasks.ts'
import { currentWorker, Worker } from '../scheduler/worker.ts'
import { notTask } from '../task/fork.ts'
import type { ChannelOptions } from '../channel/channel.ts'
import type { Receiver } from '../channel/receiver.ts'
import type { Sender } from '../channel/sender.ts'
import type { Living, WorkerDump } from '../live/dump.ts'
import type { Handle } from '../live/handle.ts'
import type { SpawnOptions } from '../live/spawn.ts'
import type { Result, Task } from '../task/task.ts'
import { Guard } from '../wire/guard.ts'
import { Crew } from './crew.ts'
import { type Hired, staffFor } from './hire.ts'
import { checkRun, type PoolOptions, type RunOptions, type Settings, settle } from './options.ts'
import { Runs } from './runs.ts'
import { here } from './site.ts'

/** What a pool has done so far, threads and caller together, and each of them apart. */
export interface Stats extends Tally {
  readonly name: string
  readonly threads: number
  /** Runs whose promise has not settled. */
  readonly pending: number
  /** One entry a thread that the pool was made with, then the caller's own, then those of threads that came later. */
  readonly workers: readonly Tally[]
}

/** What a pool is doing: see {@link Pool.dump}. */
export interface Dump {
  /** One entry a worker, then the thread that made the pool. */
  readonly workers: readonly WorkerDump[]
  /** Tasks that wait for each other's end, each list in that order. */
  readonly cycles: readonly (readonly Living[])[]
}

/**
 * Threads that run tasks and steal work from each other. Most programs need none: {@link run} uses one that makes itself.
 *
 * Threads start when the pool is made and sleep while there is nothing to do; an idle pool does not keep the process alive,
 * a pending run does. A thread that dies is replaced.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { Pool, task } from 'filch'
 *
 * export const cube = task((n: number) => n ** 3)
 *
 * if (import.meta.main) {
 *   await using pool = new Pool({ threads: 2, name: 'cubes' })
 *   equal(await pool.run(cube, 3), 27)
 * }
 * ```
 *
 * @throws {OptionError} if an option is unknown or has a value that cannot be used
 * @throws {ForkError} in a thread that is itself a worker of a pool
 */
export class Pool {
  readonly name: string
  readonly #registry: Registry
  readonly #worker: Worker
  readonly #runs: Runs
  readonly #crew: Crew
  readonly #staff: Hired | undefined
  readonly #hold: Hold
  readonly #closeBuffers: () => void
  #closing: Promise<void> | undefined
  #broken: Error | undefined

  constructor(options: PoolOptions = {}) {
    refuseInWorker('A pool')
    const settings: Settings = settle(options, environment['FILCH_THREADS'], cores(), environment['FILCH_MODE'])
    if (settings.mode === '1:1') lobbyFor('mode 1:1')
    if (settings.watchdog !== undefined) lobbyFor('watchdog')
    this.name = settings.name
    // A pool without threads starts none, whatever is asked for.
    const extra = settings.threads === 0 ? 0 : settings.maxThreads - settings.threads
    this.#registry = Registry.initialise(settings.threads, extra)
    this.#registry.arena.words[this.#registry.control + SOLO] = Number(settings.mode === '1:1')
    const channel = uniqueName()
    const buffers = new ChannelBuffers(this.#registry)
    this.#closeBuffers = () => buffers.close()
    const passport = new Passport(this.#registry, buffers, () => {})
    this.#worker = new Worker(
      this.#registry,
      this.#registry.caller,
      passport,
      new Guard(passport, settings.immutability),
    )
    this.#hold = new Hold()
    this.#runs = new Runs(this.#worker, settings.name, this.#hold)
    if (hasLobby()) {
      const look = (): Promise<Dump> => this.#runs.aside(() => this.dump())
      this.#runs.onPending = lobbyFor('dump').watch(this.name, this.#worker, look, warn)
    }
    this.#crew = new Crew(this.#worker, this.#runs, settings, () => ({
      memory: this.#registry.arena.memory,
      threads: settings.threads,
      name: settings.name,
      port: lineFrom(buffers),
      channel,
      buffers: buffers.known(),
      immutability: settings.immutability,
    }))
    passport.host = this.#worker
    this.#worker.questions.answer = () => buffers.answer()
    this.#worker.jobs.leave = (ids, slot, word) => buffers.leave(ids, slot, word)
    this.#worker.awake = () => this.#crew.inspect()
    this.#staff = staffFor(this.#worker, this.#crew, this.#runs, settings)
    this.#crew.onBroken = why => {
      this.#broken = why
      this.#runs.refuse(why)
    }
  }

  /**
   * Runs a task on the pool and resolves to its result.
   *
   * Arguments are copied (shared memory passes by reference), so they may change afterwards; the task sees frozen copies.
   * Rejects with what the task threw: same class, message, cause and properties, with the stack of both threads.
   *
   * @throws {NotSendableError} (rejects) if an argument or the result cannot cross; `path` names the place
   * @throws {PoolClosedError} (rejects) after `close`
   * @throws {ForkError} (at once) inside a task
   * @throws {WorkerLostError} (rejects) if the thread that ran it ended
   */
  run<F extends AnyFunction>(fn: Task<F>, ...args: Parameters<F>): Promise<Result<F>> {
    return this.#start(fn, args, {}) as Promise<Result<F>>
  }

  /** As {@link run}, with a signal, a timeout, or progress reports. */
  runWith<F extends AnyFunction>(options: RunOptions, fn: Task<F>, ...args: Parameters<F>): Promise<Result<F>> {
    refuseInTask('runWith')
    try {
      checkRun(options)
    } catch (error) {
      return Promise.reject(error)
    }
    return this.#start(fn, args, options) as Promise<Result<F>>
  }

  /**
   * Starts a task that lives on its own, and returns its handle: await it, kill it, send it to other tasks. See {@link spawn}.
   *
   * @throws {NotSendableError} if an argument cannot cross
   * @throws {PoolClosedError} after `close`
   * @throws {ForkError} inside a task
   */
  spawn<F extends AnyFunction>(fn: Task<F>, ...args: Parameters<F>): Handle<Result<F>> {
    return this.spawnWith({}, fn, ...args)
  }

  /** As {@link spawn}, with options. */
  spawnWith<F extends AnyFunction>(options: SpawnOptions, fn: Task<F>, ...args: Parameters<F>): Handle<Result<F>> {
    refuseInTask('pool.spawn')
    const record = recordOrThrow(fn)
    this.#refuseClosed()
    const lobby = lobbyFor('pool.spawn')
    lobby.open(this.#worker, this.#runs)
    return lobby.spawn(this.#worker, options, record, args) as Handle<Result<F>>
  }

  /** @internal Of the protocol between filch's rooms. */
  lodge(what: string): Worker {
    this.#refuseClosed()
    lobbyFor(what).open(this.#worker, this.#runs)
    return this.#worker
  }

  /**
   * A channel between tasks of this pool, or between them and this thread: send the ends to those that shall have them, and close what is left here.
   * See {@link channel}.
   *
   * @throws {OptionError} if the capacity cannot be used
   * @throws {PoolClosedError} after `close`
   * @throws {ForkError} inside a task
   */
  channel<T>(options: ChannelOptions = {}): [sender: Sender<T>, receiver: Receiver<T>] {
    refuseInTask('pool.channel')
    this.#refuseClosed()
    const open = channelsFor('pool.channel')
    lobbyFor('pool.channel').open(this.#worker, this.#runs)
    return open(this.#worker, options) as [Sender<T>, Receiver<T>]
  }

  /**
   * Runs a task to its end while the caller waits and works along: forks run here unless a thread takes them. Blocks the event
   * loop, so it is for scripts and tests, not for servers. Inside a task it is a plain call.
   */
  runSync<F extends AnyFunction>(fn: Task<F>, ...args: Parameters<F>): Result<F> {
    const record = recordOrThrow(fn)
    if (currentWorker() !== undefined) return fn(...args) as Result<F>
    needRoom()
    this.#refuseClosed()
    if (record.waits) lobbyFor(record.label).open(this.#worker, this.#runs)
    const active = this.#registry.seat(this.#registry.caller) + ACTIVE
    store(this.#worker.words, active, 1)
    try {
      return runHere(this.#worker, record, args) as Result<F>
    } finally {
      store(this.#worker.words, active, 0)
      this.#worker.counters.flush()
      this.#runs.drain()
    }
  }

  /** Runs a task once on every thread, whenever that thread is between jobs, and resolves to all results, by worker index. */
  broadcast<F extends AnyFunction>(fn: Task<F>, ...args: Parameters<F>): Promise<Result<F>[]> {
    refuseInTask('broadcast')
    return this.#broadcast(fn, args)
  }

  /**
   * What lives on each worker, and which tasks wait for each other. It asks every worker, and resolves when each has been between
   * two jobs for a moment. A pool whose work is pending looks by itself now and then, and warns of tasks that wait for each other.
   *
   * @example
   * ```ts
   * import { equal } from 'node:assert/strict'
   * import { ivar, Pool, task, type IVar } from 'filch'
   *
   * export const waits = task(function* (value: IVar<number>) {
   *   return yield* value.get()
   * })
   *
   * if (import.meta.main) {
   *   await using pool = new Pool({ threads: 1 })
   *   const value = ivar<number>({ pool })
   *   const handle = pool.spawnWith({ name: 'the waiter', on: 0 }, waits, value)
   *   const { workers, cycles } = await pool.dump()
   *   const [task] = workers.flatMap(worker => worker.tasks)
   *   equal(`${task?.name} ${task?.state} for ${task?.what}`, 'the waiter waits for an IVar')
   *   equal(cycles.length, 0)
   *   value.put(1)
   *   await handle
   * }
   * ```
   */
  async dump(): Promise<Dump> {
    refuseInTask('dump')
    const worker = this.lodge('dump')
    const lobby = lobbyFor('dump')
    const own = lobby.describe(worker) as WorkerDump
    const describer = lobby.describer as Task<() => WorkerDump>
    const others = this.#registry.threads === 0 ? [] : await this.#broadcast(describer, [], this.#staff?.homes)
    const workers = [...others, own]
    return { workers, cycles: lobby.cyclesOf(workers as never) as Living[][] }
  }

  /** On every worker, and on those threads. */
  async #broadcast<F extends AnyFunction>(
    fn: Task<F>,
    args: Parameters<F>,
    others: readonly number[] = [],
  ): Promise<Result<F>[]> {
    const record = recordOrThrow(fn)
    this.#refuseClosed()
    const seats = this.#registry.threads === 0 ? [0] : [...this.#crew.seats(WORKER), ...others]
    const results = await Promise.allSettled(seats.map(seat => this.#runs.start(record, args, seat, {}, here())))
    for (const result of results) if (result.status === 'rejected') throw result.reason
    return results.map(result => (result as PromiseFulfilledResult<Result<F>>).value)
  }

  /** Threads that take work from each other now: what the pool was made with, or `resize` has made of it. */
  get threads(): number {
    return this.#registry.threads === 0 ? 0 : this.#crew.seats(WORKER).length
  }

  /**
   * Changes the number of threads that take work from each other. New ones start at once, in the seats that have become vacant
   * first; those that are too many, the newest first, end when the tasks that live on them have ended, and what was queued there goes to others.
   *
   * Resolves when those threads have gone. Indices of workers that stay do not change; those of new ones may lie above `poolSize()`, which
   * stays what it was when the pool was made.
   *
   * @throws {OptionError} if `threads` is not a whole number from 1 to the option `maxThreads`, or the pool was made without threads
   */
  resize(threads: number): Promise<void> {
    this.#refuseClosed()
    lobbyFor('pool.resize')
    return this.#staff!.resize(threads)
  }

  /** Totals of a moment ago. */
  stats(): Stats {
    // Within a task the stack's frames are in use, and sweeping them would take the arguments of pending forks.
    if (currentWorker() === undefined) this.#worker.counters.flush()
    const all = Array.from({ length: this.#registry.seats }, (_, seat) => readTally(this.#registry, seat))
    const workers = all.slice(0, this.#registry.inUse)
    const sum = (key: keyof Tally): number => all.reduce((total, tally) => total + tally[key], 0)
    return {
      name: this.name,
      threads: this.threads,
      pending: this.#runs.pending,
      forks: sum('forks'),
      published: sum('published'),
      steals: sum('steals'),
      helped: sum('helped'),
      jobs: sum('jobs'),
      sleeps: sum('sleeps'),
      workers,
    }
  }

  /**
   * Ends the pool: refuses new runs at once, lets the pending ones end, then stops the threads. May be called again: the
   * promise is the same. What this thread still awaits of the pool, a message or an IVar, is pending too: if it will never come, `destroy`.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close(true)
    return this.#closing
  }

  /** As {@link close}, but pending runs reject with `PoolClosedError` and the threads are stopped in the middle of their tasks. */
  destroy(): Promise<void> {
    if (this.#closing === undefined) this.#closing = this.#close(false)
    else this.#runs.refuse(this.#runs.closed())
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(patiently: boolean): Promise<void> {
    if (patiently && this.#runs.pending > 0 && this.#broken === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#runs.onQuiet = resolve
      await promise
    }
    this.#runs.refuse(this.#runs.closed())
    this.#hold.set(true)
    this.#staff?.stop()
    await this.#crew.stop()
    this.#runs.end()
    this.#hold.end()
    this.#closeBuffers()
    // The engine keeps whoever waits, and all that it knows: the pool's memory too.
    this.#registry.sleepers.rouse(this.#registry.caller)
  }

  #start(fn: unknown, args: readonly unknown[], options: RunOptions): Promise<unknown> {
    // At once: in a task nobody could see the promise reject.
    refuseInTask('run')
    try {
      const record = recordOrThrow(fn)
      this.#refuseClosed()
      if (record.waits) lobbyFor(record.label).open(this.#worker, this.#runs)
      return this.#runs.start(record, args, -1, options, here())
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #refuseClosed(): void {
    if (this.#broken !== undefined) throw this.#broken
    if (this.#closing !== undefined) throw this.#runs.closed()
  }
}

export function recordOrThrow(fn: unknown): TaskRecord {
  const record = typeof fn === 'function' ? recordOf(fn as AnyFunction) : undefined
  if (record === undefined) throw notTask(fn)
  return record
}

export function refuseInTask(what: string): void {
  // A run that the end of the stack cut off would be half begun.
  if (currentWorker() === undefined) return needRoom()
  throw new ForkError(
    'ERR_FILCH_RUN_IN_TASK',
    `${what} was called inside a task, where nothing can be awaited. Call the task, or fork and join it.`,
  )
}

/** A worker imports the modules of its tasks; if one of them starts work at its top level, it would do so in every worker. */
export function refuseInWorker(what: string): void {
  const pool = seatedIn()
  if (pool === undefined) return
  throw new ForkError(
    'ERR_FILCH_IN_WORKER',
    `${what} was started in a worker of the pool ${pool}, which imports this module for its tasks. Move the tasks to a file of ` +
      'their own, or guard the start: if (import.meta.main) { … } (Node 24.2, or 22.18, and later).',
  )
}
