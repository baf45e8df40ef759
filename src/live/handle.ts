import { ForkError, KilledError, OptionError, refuseOthers, WorkerLostError } from '../errors.ts'
import { add, store } from '../memory/atomics.ts'
import { FORCE, sendErrand } from '../scheduler/errand.ts'
import { unsaid } from '../scheduler/failure.ts'
import { notify } from '../scheduler/notice.ts'
import {
  CANCELED,
  claim,
  CLAIMED,
  COUNT,
  DONE,
  FAILED,
  HOLDS,
  KEPT,
  NAME,
  PARENT,
  PINNED,
  PUBLISHED,
  seatOf,
  SPAWNED,
  STATE,
  stateOf,
  useOf,
  WATCHERS,
  withState,
} from '../scheduler/slot.ts'
import type { Envoy } from '../wire/envoy.ts'
import { needRoom, needSome } from '../scheduler/room.ts'
import { awaitThat, ENDED } from '../scheduler/wait.ts'
import { currentWorker, type Worker } from '../scheduler/worker.ts'
import type { AnyFunction } from '../scheduler/tasks.ts'
import type { Joinable } from '../task/fork.ts'
import type { Result, Task } from '../task/task.ts'
import { Hold } from './hold.ts'
import { deposit } from './deposits.ts'
import type { House } from './house.ts'
import { block, mayBlock } from './block.ts'
import { idAt, nameOf } from './name.ts'
import { Wait } from './wait.ts'
import { Watch } from './watch.ts'

/** What became of a task: its result or what it threw. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

/** The arguments of a continuation after the first. */
export type Env<F extends AnyFunction> = Parameters<F> extends [unknown, ...infer E] ? E : []

type Follower = (handle: Handle<unknown>, fn: unknown, env: readonly unknown[]) => Handle<unknown>
let follower: Follower

/** Called by the module that knows how to spawn. */
export function provideFollower(follow: Follower): void {
  follower = follow
}

/** How a task is killed. */
export interface KillOptions {
  /** If it does not end by itself, end its thread. Default: false. */
  readonly force?: boolean
}

/** `queued`: nobody has begun it. `running`: somebody has, and it may be waiting. */
export type Status = 'queued' | 'running' | 'done' | 'failed' | 'killed'

/**
 * A spawned task: wait for it, kill it, send it to others. Losing it changes nothing for the task.
 */
export class Handle<T> implements PromiseLike<T>, Joinable<T>, Envoy {
  /** @internal */
  readonly house: House
  /** @internal */
  readonly slot: number
  readonly #use: number
  #name: string | undefined
  /** @internal The task that it belongs to, on this seat; its keeper is this seat then. */
  parent: object | undefined
  /** @internal Its neighbours among the children of its parent. */
  elder: Handle<unknown> | undefined
  /** @internal */
  younger: Handle<unknown> | undefined
  /** @internal Its failure shows at its join only. */
  supervised = false
  #watch: Watch | undefined
  /** @internal It is kept by another seat, and this handle counts as one of its holds. */
  readonly hold: Hold | undefined
  #outcome: Outcome<T> | undefined

  constructor(house: House, slot: number, use: number, name: string | undefined, remote = false) {
    this.house = house
    this.slot = slot
    this.#use = use
    this.#name = name
    this.hold = remote ? new Hold(house.worker, slot, letGo) : undefined
  }

  /** @internal */
  get watch(): Watch {
    return (this.#watch ??= this.hold === undefined ? new Watch(0) : this.house.waits.at(this.slot + WATCHERS))
  }

  /** @internal Somebody on this seat waits for its end. */
  get awaited(): boolean {
    return this.#watch !== undefined && this.#watch.waiting.length > 0
  }

  /** @internal */
  get id(): number {
    return idAt(this.slot, this.#use)
  }

  /** What it was called at the spawn, else name and place of the task. */
  get name(): string {
    return (this.#name ??= this.hold?.released === true ? 'a task' : nameOf(this.house.worker, this.slot))
  }

  /** Waits for its end: `yield* handle.join()` in a generator task. Returns its result, or throws what it threw. */
  join(): Wait<T> {
    return new Join(this.house, this, false) as Wait<T>
  }

  /** `yield* handle` is `yield* handle.join()`. */
  [Symbol.iterator](): Wait<T> {
    return this.join()[Symbol.iterator]()
  }

  /** As {@link join}, but what the task threw is returned too, and is no failure of anybody else. */
  result(): Wait<Outcome<T>> {
    return new Join(this.house, this, true) as Wait<Outcome<T>>
  }

  /** What `join(handle)` calls: waits while this worker runs other jobs, for a child of this task, or in a dedicated task for any. */
  joinHere(): T {
    const worker = currentWorker()
    if (this.look() === undefined) this.#await(worker)
    worker?.poll()
    const outcome = this.look()!
    if (!outcome.ok) throw outcome.error
    return outcome.value
  }

  #await(worker: Worker | undefined): void {
    const { house } = this
    const { arena } = house.worker.registry
    if (worker === house.worker && mayBlock(worker) && arena.words[this.slot + PARENT] !== worker.root) {
      return block(worker, house, this.result())
    }
    if (worker !== house.worker || arena.words[this.slot + PARENT] !== worker.root) {
      throw new ForkError(
        'ERR_FILCH_JOIN',
        `join was given the handle of ${this.name}, which is not a child of this task. A plain task waits for its own children ` +
          'alone, unless it has a thread of its own (dedicated); yield* handle.join() in a generator task waits for any.',
      )
    }
    const word = this.#state()
    const isPinned = arena.words[this.slot + PINNED] === 1
    if (stateOf(word) === PUBLISHED && !isPinned && claim(arena, this.slot, word, worker.seat)) {
      worker.execute(this.slot)
      worker.lodging.mail()
      if (this.look() !== undefined) return
    }
    needRoom()
    awaitThat(worker, () => {
      if (this.look() !== undefined || worker.canceled) return ENDED
      const now = this.#state()
      return stateOf(now) === CLAIMED ? seatOf(now) : -1
    })
  }

  /**
   * Continues with `fn`, a task that gets the result of this one as its first argument, and `env` after it: on whatever worker, as
   * a child of the task that calls this. If this task fails, so does the continuation, with the same error, and `fn` does not run.
   *
   * @example
   * ```ts
   * import { equal } from 'node:assert/strict'
   * import { Pool, task } from 'filch'
   *
   * export const count = task((text: string) => text.length)
   * export const times = task((n: number, by: number) => n * by)
   *
   * if (import.meta.main) {
   *   await using pool = new Pool({ threads: 2 })
   *   equal(await pool.spawn(count, 'abc').andThen(times, 14), 42)
   * }
   * ```
   */
  andThen<F extends (value: T, ...env: never[]) => unknown>(fn: Task<F>, ...env: Env<F>): Handle<Result<F>> {
    return follower(this, fn, env) as Handle<Result<F>>
  }

  /** Calls back when it has ended, or the pool before it, with what became of it. Only in the thread that made the pool; a task waits for {@link result}. */
  onEnd(told: (outcome: Outcome<T>) => void): void {
    void this.result().then(told, (error: unknown) => told({ ok: false, error }))
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is one
  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.join().then(fulfilled, rejected)
  }

  catch<B = never>(rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.join().catch(rejected)
  }

  get status(): Status {
    const outcome = this.look()
    if (outcome !== undefined) return outcome.ok ? 'done' : outcome.error instanceof KilledError ? 'killed' : 'failed'
    return stateOf(this.#state()) === PUBLISHED ? 'queued' : 'running'
  }

  /**
   * Ends the task: at once if nobody has begun it or if it waits, else at its next fork, join or wait. Its children end with it.
   * Whoever joins it gets a `KilledError` with this `reason`. Nothing happens if it has ended.
   *
   * A task that does none of these can only be ended by `force`: if it has not ended after some 10 ms, the thread that made the pool ends
   * its thread, and whatever else ran or lived there fails with a `WorkerLostError`. What a task has half written to shared memory stays so.
   */
  kill(reason?: unknown, options: KillOptions = {}): void {
    const { force = false } = checkedKill(options)
    // A kill that the end of the stack cut off would be half done.
    needSome()
    if (this.look() !== undefined) return
    const { worker } = this.house
    const { arena } = worker.registry
    for (;;) {
      const word = this.#state()
      if (useOf(word) !== this.#use || stateOf(word) > CLAIMED) return
      if (stateOf(word) === CLAIMED) {
        this.#stop(word, reason)
        if (force) this.#force(reason)
        return
      }
      if (!claim(arena, this.slot, word, worker.seat)) continue
      worker.jobs.conclude(this.slot, new KilledError(this.name, reason), true)
      worker.finish(this.slot, FAILED)
      return this.house.soon()
    }
  }

  #force(reason: unknown): void {
    const { worker } = this.house
    sendErrand(worker, worker.registry.caller, FORCE, this.slot, this.#use, worker.jobs.enclose(this.name, reason))
  }

  /** Its seat must see to it. */
  #stop(word: number, reason: unknown): void {
    const { worker } = this.house
    if (seatOf(word) === worker.seat) {
      store(worker.registry.arena.words, this.slot + CANCELED, 1)
      return this.house.kill(this.slot, new KilledError(this.name, reason))
    }
    const { at, length } = worker.jobs.enclose(this.name, reason)
    notify(worker, this.slot, word, at, length)
  }

  #state(): number {
    this.house.worker.registry.arena.reach(this.slot + HOLDS + 1)
    return this.house.worker.jobs.state(this.slot)
  }

  /** @internal Its outcome, if it has ended. */
  look(): Outcome<T> | undefined {
    if (this.#outcome === undefined && this.hold !== undefined) {
      const word = this.#state()
      if (this.hold.released || useOf(word) !== this.#use) {
        this.#outcome = { ok: false, error: gone(this.name) }
      } else if (stateOf(word) > CLAIMED) {
        this.#outcome = this.#read(word)
      }
    }
    return this.#outcome
  }

  /** @internal The keeper: it has ended. */
  close(): void {
    this.#outcome = this.#read(this.#state())
    this.house.worker.jobs.letGo(this.slot, KEPT)
    if (this.#watch !== undefined) this.house.waits.stir(this.#watch)
  }

  /** @internal The pool has ended before the task. */
  lose(why: Error): void {
    this.#outcome ??= { ok: false, error: why }
  }

  #read(word: number): Outcome<T> {
    const { worker } = this.house
    const { lodging } = worker
    const { loose } = lodging
    const count = worker.registry.arena.words[this.slot + COUNT]!
    if (stateOf(word) === FAILED && count < 0) return { ok: false, error: unsaid(count, worker.loss) }
    lodging.loose = true
    try {
      const value = worker.jobs.outcome(this.slot)
      return stateOf(word) === FAILED ? { ok: false, error: value } : { ok: true, value: value as T }
    } catch (error) {
      return { ok: false, error }
    } finally {
      lodging.loose = loose
    }
  }

  /** @internal */
  get home(): object {
    return this.house.worker
  }

  /** Of the protocol between filch's rooms: not to be called. */
  depart(): readonly number[] {
    const { worker } = this.house
    const outcome = this.look()
    if (outcome !== undefined && this.hold?.released !== false) return restate(worker, this.name, outcome)
    add(worker.registry.arena.words, this.slot + HOLDS, 1)
    return [this.slot, this.#use]
  }
}

const KILL_NAMES = ['force']

function checkedKill(options: KillOptions): KillOptions {
  if (typeof options !== 'object' || options === null) throw new OptionError('options', options, 'Give an object.')
  refuseOthers('An option of kill', options, KILL_NAMES)
  return options
}

class Join extends Wait<unknown> {
  readonly #handle: Handle<unknown>
  readonly #whole: boolean

  constructor(house: House, handle: Handle<unknown>, whole: boolean) {
    super(house)
    this.#handle = handle
    this.#whole = whole
  }

  get watches(): readonly Watch[] {
    return this.#handle.watch.alone
  }

  override concerns(handle: object): boolean {
    return handle === this.#handle
  }

  override get what(): string {
    return `the end of ${this.#handle.name}`
  }

  override get task(): number {
    return this.#handle.id
  }

  protected attempt(): boolean {
    const outcome = this.#handle.look()
    if (outcome === undefined) return false
    if (this.#whole) return this.settle(outcome)
    return outcome.ok ? this.settle(outcome.value) : this.fail(outcome.error)
  }
}

function letGo({ jobs }: Worker, slot: number): void {
  jobs.letGo(slot, 1)
}

/** A record like that of a task that has ended, for the handle of one whose own is in another use. */
function restate(worker: Worker, name: string, outcome: Outcome<unknown>): readonly number[] {
  const { jobs, registry, seat } = worker
  return jobs.aside(() => {
    const slot = jobs.make(0, 0, SPAWNED, 0)
    const word = jobs.state(slot)
    // Of the handle that is sent: it has no keeper, who would have to let go of it as well.
    registry.arena.words[slot + HOLDS] = 1
    try {
      registry.arena.words[slot + NAME] = deposit(worker, name, 'name', slot)
      jobs.conclude(slot, outcome.ok ? outcome.value : outcome.error, !outcome.ok)
    } catch (error) {
      jobs.forget(slot)
      throw error
    }
    store(registry.arena.words, slot + STATE, withState(word, outcome.ok ? DONE : FAILED, seat))
    return [slot, useOf(word)]
  })
}

function gone(name: string): Error {
  return new WorkerLostError(`what is left of the task ${name} went with the thread that kept it`)
}
