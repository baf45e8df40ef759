import { FilchError } from '../errors.ts'
import { currentWorker } from '../scheduler/worker.ts'
import type { Joinable } from '../task/fork.ts'
import { block, mayBlock, mustNotBlock } from './block.ts'
import type { House } from './house.ts'
import type { Awaited, Watch } from './watch.ts'

/**
 * Something to wait for, once. A generator task waits by `yield* wait`, which gives up the worker meanwhile; the thread that made
 * the pool by `await wait`; `join(wait)` waits where a thread may block.
 */
export abstract class Wait<T> implements PromiseLike<T>, Awaited, Joinable<T>, IterableIterator<Wait<T>, T, unknown> {
  protected readonly house: House
  #done = false
  /** What it is awaited by, outside of tasks. */
  #promise: Promise<T> | undefined
  #failed = false
  #value: unknown

  constructor(house: House) {
    this.house = house
  }

  /** Tries to have it, and says by {@link settle} or {@link fail} what it is. False: not yet. Never blocks. */
  protected abstract attempt(): boolean

  /** What tells that trying again may be worth while. */
  abstract readonly watches: readonly Watch[]

  /** @internal Where it is waited for. */
  get home(): House {
    return this.house
  }

  /** True if its outcome is that of this task. */
  concerns(_handle: object): boolean {
    return false
  }

  /** @internal */
  covers(wait: object): boolean {
    return wait === this
  }

  /** What it waits for, for messages. */
  get what(): string {
    return 'something'
  }

  /** Id of the task whose end it waits for, if it waits for that alone. */
  get task(): number | undefined {
    return undefined
  }

  /** Trying leaves something behind that others may take, until {@link retract}: `select` tries it last. */
  get offers(): boolean {
    return false
  }

  /** @internal Takes that back. False: too late, it is over. */
  retract(): boolean {
    return true
  }

  /** Does not have it, and is not waited for any more: takes back what trying has begun. */
  protected leave(): void {}

  /** Has it, but nobody will take it: puts it back where that is possible. */
  protected abandon(): void {}

  protected settle(value: T): true {
    this.#value = value
    return (this.#done = true)
  }

  protected fail(error: unknown): true {
    this.#failed = true
    this.#value = error
    return (this.#done = true)
  }

  get over(): boolean {
    return this.#done
  }

  /** @internal */
  seen = -1

  /** @internal It was waited for, or is: what it came to is had once. */
  get spent(): boolean {
    return this.#done || this.#promise !== undefined
  }

  /** To be waited for once more: by nobody yet, or it was settled, without a value, and a `yield*` has had that. */
  protected again(): void {
    this.#done = false
  }

  /** True if it is over. What {@link attempt} throws is its outcome. */
  poll(): boolean {
    if (this.#done) return true
    try {
      return this.attempt()
    } catch (error) {
      return this.fail(error)
    }
  }

  /** Not waited for any more. */
  withdraw(): void {
    if (!this.#done) this.leave()
    else if (!this.#failed) this.abandon()
    this.#done = true
  }

  /** What it was, once it is over. Called by the task that waits: what arrives in it is that task's (`attempt` runs anywhere). */
  outcome(): T {
    if (this.#failed) throw this.#value
    return this.#value as T
  }

  /** The protocol of `yield*`: called again each time that the task is resumed. */
  next(): IteratorResult<Wait<T>, T> {
    this.heed()
    if (this.poll()) return { done: true, value: this.outcome() }
    return this.ask()
  }

  /** @internal Throws what must be thrown in the task that is about to wait, which then waits no more. */
  protected heed(): void {
    if (this.house.current?.troubled !== true) return
    try {
      this.house.checkpoint(this)
    } catch (error) {
      this.withdraw()
      throw error
    }
  }

  /** @internal It is not there: what `yield*` yields. */
  protected ask(): IteratorResult<Wait<T>, T> {
    this.house.asked = this
    return { done: false, value: this }
  }

  /** What `join(wait)` calls: blocks the thread of a dedicated task. */
  joinHere(): T {
    const worker = currentWorker()
    if (worker === undefined || worker !== this.house.worker || !mayBlock(worker))
      throw mustNotBlock(worker !== undefined)
    if (this.spent) throw spent()
    block(worker, this.house, this)
    return this.outcome()
  }

  /** The task is resumed with an error instead. */
  throw(error: unknown): IteratorResult<Wait<T>, T> {
    throw error
  }

  [Symbol.iterator](): this {
    if (!this.house.stepping) {
      throw new FilchError(
        'ERR_FILCH_WAIT',
        'yield* of something to wait for works in the body of a generator task. In a plain task use join(), outside await.',
      )
    }
    if (this.spent) throw spent()
    return this
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is one
  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    // One for all who ask, as with any promise.
    if (this.#promise === undefined) {
      if (this.#done) return Promise.reject<T>(spent()).then(fulfilled, rejected)
      this.#promise = this.house.promise(this)
    }
    return this.#promise.then(fulfilled, rejected)
  }

  catch<B = never>(rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, rejected)
  }
}

function spent(): FilchError {
  return new FilchError(
    'ERR_FILCH_WAIT',
    'This was waited for before, or lost a select. What can be waited for is so once: ask for another.',
  )
}

/** For a generator task that has yielded something else than what a `yield*` asks for. */
export function notWait(label: string): FilchError {
  return new FilchError(
    'ERR_FILCH_WAIT',
    `The task ${label} yielded a value. A generator task waits by yield* alone: yield* handle.join(), yield* receiver.receive().`,
  )
}

/** For one that has returned what it should have waited for. */
export function returned(label: string): FilchError {
  return new FilchError(
    'ERR_FILCH_WAIT',
    `The task ${label} returned something to wait for. It cannot be sent: wait for it, return yield* handle.join().`,
  )
}
