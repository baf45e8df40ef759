import { FilchError } from '../errors.ts'
import { deposit, peruse, withdraw } from '../live/deposits.ts'
import { Wait } from '../live/wait.ts'
import { load, replace } from '../memory/atomics.ts'
import type { Immutable } from '../wire/sendable.ts'
import { crossing, Held, make, VALUE, type Where } from './held.ts'

/**
 * A value to come, in shared memory: put once, got by any number of tasks, which wait until it is there.
 *
 * **One atomic step**: the value is written into a block of its own, and `put` exchanges the word VALUE from 0 for its address. Who
 * loses that race frees its block and says so. Who dies before the exchange has put nothing (the block is lost to the pool), who
 * dies after it and before the ring is found out by `Watches.revive`: all who wait look again.
 *
 * What is in the value is read anew by each thread, and once by each object; shared arrays and handles in it are shared.
 */
export class IVar<T> extends Held {
  #value: T | undefined
  #known = false

  /**
   * Gives it its value, once and for all, and wakes those who wait. The value must not change afterwards, and is frozen.
   *
   * @throws {FilchError} `ERR_FILCH_IVAR` if it has one
   * @throws {NotSendableError} if the value cannot cross; it is not put then
   */
  put(value: Immutable<T> | T): void {
    if (!this.tryPut(value)) throw new FilchError('ERR_FILCH_IVAR', 'An IVar was put that has a value. It is put once.')
  }

  /** As {@link put}, but false if it has a value. */
  tryPut(value: Immutable<T> | T): boolean {
    const { words, slot } = this
    if (load(words, slot + VALUE) !== 0) return false
    const { worker } = this.house
    const given = worker.admit(value, 0)
    const at = deposit(worker, given, 'value', slot)
    if (!replace(this.words, slot + VALUE, 0, at)) {
      withdraw(worker, at)
      return false
    }
    this.#known = true
    this.#value = given as T
    this.ring()
    return true
  }

  /** Waits for the value: `yield* ivar.get()`. */
  get(): Wait<T> {
    return new Get(this)
  }

  /** True if it has a value. */
  get full(): boolean {
    return this.#known || load(this.words, this.slot + VALUE) !== 0
  }

  /** The value, or undefined if there is none yet. Does not wait. */
  peek(): T | undefined {
    if (this.#known) return this.#value
    const at = load(this.words, this.slot + VALUE)
    if (at === 0) return undefined
    this.#value = peruse(this.house.worker, at) as T
    this.#known = true
    return this.#value
  }
}

class Get<T> extends Wait<T> {
  readonly #ivar: IVar<T>
  readonly watches
  override get what(): string {
    return 'an IVar'
  }

  constructor(ivar: IVar<T>) {
    super(ivar.house)
    this.#ivar = ivar
    this.watches = ivar.watch.alone
  }

  protected attempt(): boolean {
    return this.#ivar.full && this.settle(undefined as T)
  }

  /** Read by the task that waits, whose what is in it shall be: {@link attempt} runs anywhere. */
  override outcome(): T {
    super.outcome()
    return this.#ivar.peek() as T
  }
}

/**
 * Makes a value to come. In a task, or with `pool` in the thread that made it.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { type IVar, ivar, run, spawn, task } from 'filch'
 *
 * export const half = task((answer: IVar<number>) => answer.put(21))
 * export const whole = task(function* () {
 *   const answer = ivar<number>()
 *   spawn(half, answer)
 *   return 2 * (yield* answer.get())
 * })
 *
 * if (import.meta.main) equal(await run(whole), 42)
 * ```
 */
export function ivar<T>(where: Where = {}): IVar<T> {
  return make(IVar<T>, where, 0, 0)
}

crossing(8, IVar)
