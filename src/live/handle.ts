import { ForkError, KilledError } from '../errors.ts'
import { add, store } from '../memory/atomics.ts'
import { FORCE, sendErrand } from '../scheduler/errand.ts'
import { notify } from '../scheduler/notice.ts'
import {
  CANCELED,
  claim,
  CLAIMED,
  FAILED,
  HOLDS,
  KEEPER,
  KEPT,
  PARENT,
  PINNED,
  PUBLISHED,
  seatOf,
  stateOf,
  SUPERVISED,
  useOf,
  WATCHERS,
} from '../scheduler/slot.ts'
import type { Envoy } from '../wire/envoy.ts'
import { needRoom } from '../scheduler/room.ts'
import { awaitThat, ENDED } from '../scheduler/wait.ts'
import { currentWorker, type Worker } from '../scheduler/worker.ts'
import type { AnyFunction, TaskRecord } from '../scheduler/tasks.ts'
import type { Joinable } from '../task/fork.ts'
import type { Result, Task } from '../task/task.ts'
import { follow } from './follow.ts'
import { Hold } from './hold.ts'
import { Join } from './join.ts'
import { checkedKill, enclose, type KillOptions } from './kill.ts'
import type { House } from './house.ts'
import { block, mayBlock } from './block.ts'
import { idAt, nameOf } from './name.ts'
import { gone, isKilled, type Outcome, outcomeOf, restate, type Status } from './outcome.ts'
import type { Wait } from './wait.ts'
import { Watch } from './watch.ts'

/** The arguments of a continuation after the first. */
export type Env<F extends AnyFunction> = Parameters<F> extends [unknown, ...infer E] ? E : []

const letGo = ({ jobs }: Worker, slot: number): void => jobs.letGo(slot, 1)

/** Phases of a handle: it has no slot yet; it never will, and its parent must hear of that; it has one; the task has ended. */
const CALL = 0
const FALLEN = 1
const OPEN = 2
const WELL = 3
const BADLY = 4

/**
 * A spawned task: wait for it, kill it, send it to others. Losing it changes nothing for the task.
 */
export class Handle<T> implements PromiseLike<T>, Joinable<T>, Envoy {
  /** @internal */
  readonly house: House
  #phase: number
  #slot: number
  #use: number
  /** What it is called, or the task that is called so. */
  #called: string | TaskRecord | undefined
  /** While it is a mere call, its arguments; once it has ended, its result, or what it threw. A million handles are not rare: so not in two fields, nor in an object of their own. */
  #content: unknown
  /** @internal The task that it belongs to, on this seat; its keeper is this seat then. */
  parent: { readonly slot: number } | undefined
  /** @internal Its neighbours among the children of its parent. */
  elder: Handle<unknown> | undefined
  /** @internal */
  younger: Handle<unknown> | undefined
  /** @internal Its failure shows at its join only. */
  supervised = false
  #watch: Watch | undefined
  /** @internal It is kept by another seat, and this handle counts as one of its holds. */
  readonly hold: Hold | undefined

  /** Of a slot in that use; or, with the `args` of a mere call (call.ts), of none yet. */
  constructor(
    house: House,
    slot: number,
    use: number,
    called: string | TaskRecord | undefined,
    remote = false,
    args?: readonly unknown[],
  ) {
    this.house = house
    this.#phase = args === undefined ? OPEN : CALL
    this.#slot = slot
    this.#use = use
    this.#called = called
    this.#content = args?.length === 1 ? args[0] : args
    this.parent = this.elder = this.younger = this.#watch = undefined
    this.hold = remote ? new Hold(house.worker, slot, letGo) : undefined
  }

  /** @internal What it calls, while it has no slot yet. */
  get callee(): TaskRecord | undefined {
    return this.#phase === CALL ? (this.#called as TaskRecord) : undefined
  }

  /** @internal And with what. */
  get args(): readonly unknown[] {
    // What is in a call cannot change, so one of them is no array.
    return Array.isArray(this.#content) ? this.#content : [this.#content]
  }

  /** @internal A mere call has one from the moment on that somebody asks for it. */
  get slot(): number {
    if (this.#phase === CALL) {
      needRoom()
      this.house.calls.place(this)
    }
    return this.#slot
  }

  /** @internal The state word of the slot that it has or gets, if it may begin there; else 0. Does not throw. */
  place(): number {
    try {
      if (this.#phase === CALL) this.house.calls.place(this)
    } catch (error) {
      this.#fall(error)
    }
    if (this.#phase !== OPEN) return 0
    const word = this.#state()
    return stateOf(word) === PUBLISHED && useOf(word) === this.#use ? word : 0
  }

  /** @internal It has a slot. */
  settle(slot: number, use: number): void {
    this.#slot = slot
    this.#use = use
    this.#phase = OPEN
    this.#content = undefined
  }

  /** Nobody has begun it, and nobody will. */
  #fall(error: unknown): void {
    this.house.calls.fell(this)
    this.#phase = FALLEN
    this.#content = error
  }

  /** @internal Its parent hears that it has fallen. */
  land(): void {
    this.conclude(true, this.#content)
  }

  #end(ok: boolean, content: unknown): void {
    this.#phase = ok ? WELL : BADLY
    this.#content = content
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
    const called = (this.#called ??= this.hold?.released === true ? 'a task' : nameOf(this.house.worker, this.slot))
    return typeof called === 'string' ? called : called.label
  }

  /** Waits for its end: `yield* handle.join()` in a generator task. Returns its result, or throws what it threw. */
  join(): Wait<T> {
    return new Join(this.house, this, false) as Wait<T>
  }

  /** `yield* handle` is that too. */
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
    if (!this.ended) this.#await(worker)
    if (this.#phase !== BADLY || !this.house.heard(this)) worker?.poll()
    if (this.#phase === BADLY) throw this.#content
    return this.#content as T
  }

  #await(worker: Worker | undefined): void {
    const { house } = this
    const { arena } = house.worker.registry
    if (worker === house.worker && this.#phase === CALL && this.parent?.slot === worker.root) {
      house.calls.begin(this)
      if (this.ended) return
    }
    if (this.#phase === FALLEN) return house.calls.bury()
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
    needRoom()
    // A fork on another seat than its root: the child's keeper, who is there, must know that somebody waits for it. Atomic: before it has ended.
    if (arena.words[this.slot + KEEPER] !== worker.seat) store(arena.words, this.slot + SUPERVISED, 1)
    if (
      stateOf(word) === PUBLISHED &&
      arena.words[this.slot + PINNED] !== 1 &&
      claim(arena, this.slot, word, worker.seat)
    ) {
      worker.execute(this.slot)
      worker.lodging.mail()
      if (this.ended) return
    }
    needRoom()
    awaitThat(worker, () => {
      if (this.ended || worker.canceled) return ENDED
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
    return follow(this, fn, env) as Handle<Result<F>>
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
    if (this.#phase === CALL) return 'queued'
    if (this.#phase === FALLEN || this.ended) {
      return this.#phase === WELL ? 'done' : isKilled(this.#content) ? 'killed' : 'failed'
    }
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
    needRoom()
    this.doom(reason, force)
  }

  /** @internal The same where there is room: a task that ends has as much as it had when it began. */
  doom(reason: unknown, force = false): void {
    if (this.ended || this.#phase === FALLEN) return
    if (this.#phase === CALL) return this.#fall(new KilledError(this.name, reason))
    const { worker } = this.house
    const { arena } = worker.registry
    for (;;) {
      const word = this.#state()
      if (useOf(word) !== this.#use || stateOf(word) > CLAIMED) return
      if (stateOf(word) === CLAIMED) {
        this.#stop(word, reason)
        if (force)
          sendErrand(worker, worker.registry.caller, FORCE, this.slot, this.#use, enclose(worker, this.name, reason))
        return
      }
      if (!claim(arena, this.slot, word, worker.seat)) continue
      worker.jobs.conclude(this.slot, new KilledError(this.name, reason), true)
      worker.finish(this.slot, FAILED)
      return this.house.soon()
    }
  }

  /** Its seat must see to it. */
  #stop(word: number, reason: unknown): void {
    const { worker } = this.house
    if (seatOf(word) === worker.seat) {
      store(worker.registry.arena.words, this.slot + CANCELED, 1)
      return this.house.kill(this.slot, new KilledError(this.name, reason))
    }
    const { at, length } = enclose(worker, this.name, reason)
    notify(worker, this.slot, word, at, length)
  }

  #state(): number {
    this.house.worker.registry.arena.reach(this.slot + HOLDS + 1)
    return this.house.worker.jobs.state(this.slot)
  }

  /** @internal */
  get ended(): boolean {
    if (this.#phase > OPEN) return true
    if (this.hold === undefined) return false
    const word = this.#state()
    if (this.hold.released || useOf(word) !== this.#use) this.#end(false, gone(this.name))
    else if (stateOf(word) > CLAIMED) this.#read(word)
    return this.#phase > OPEN
  }

  /** @internal What it has thrown; undefined if it has not failed. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#phase === BADLY ? { error: this.#content } : undefined
  }

  /** @internal Its outcome, if it has ended. */
  look(): Outcome<T> | undefined {
    if (!this.ended) return undefined
    return this.#phase === WELL ? { ok: true, value: this.#content as T } : { ok: false, error: this.#content }
  }

  /** @internal The keeper: it has ended. */
  close(): void {
    this.#read(this.#state())
    this.house.worker.jobs.letGo(this.#slot, KEPT)
    this.stir()
  }

  /** @internal The keeper: it has ended, and so. */
  conclude(failed: boolean, content: unknown): void {
    this.#end(!failed, content)
    this.stir()
  }

  /** @internal Those who wait for its end look. */
  stir(): void {
    if (this.#watch !== undefined) this.house.waits.stir(this.#watch)
  }

  /** @internal The pool has ended before the task. */
  lose(why: Error): void {
    if (this.#phase <= OPEN) this.#end(false, why)
  }

  #read(word: number): void {
    const outcome = outcomeOf(this.house.worker, this.#slot, word)
    this.#end(outcome.ok, outcome.ok ? outcome.value : outcome.error)
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
