import { OptionError } from '../errors.ts'
import { Wait } from '../live/wait.ts'
import { load, replace } from '../memory/atomics.ts'
import { crossing, Held, make, STATE, type Where } from './held.ts'

/**
 * So many permits, in shared memory. The word counts those that are left, and is changed by one exchange: taken by who acquires,
 * given back by who releases, who then rings.
 *
 * **Order.** On one worker, permits go to tasks in the order of their coming: none overtakes one that wants more than there is.
 * Between workers there is no order.
 *
 * **Kill.** A task that is killed after its permits were taken for it and before it goes on gives them back (`abandon`). One that is
 * killed with permits in its hands keeps them unless it releases them: `try … finally`. Nor does the death of a thread release
 * permits: a number does not say whose they were. Where that matters, use a mutex.
 */
export class Semaphore extends Held {
  /** Waits for `count` permits, and takes them: `yield* semaphore.acquire()`. */
  acquire(count = 1): Wait<void> {
    return new Acquire(this, checked(count))
  }

  /** Takes `count` permits if they are there at once. */
  tryAcquire(count = 1): boolean {
    checked(count)
    for (;;) {
      const left = load(this.words, this.slot + STATE)
      if (left < count) return false
      if (replace(this.words, this.slot + STATE, left, left - count)) return true
    }
  }

  /** Gives `count` permits back. They need not have been acquired. */
  release(count = 1): void {
    checked(count)
    for (;;) {
      const left = load(this.words, this.slot + STATE)
      if (left + count > MOST) throw new OptionError('release', count, `There would be more than ${MOST} permits.`)
      if (replace(this.words, this.slot + STATE, left, left + count)) break
    }
    this.ring()
  }

  /** Permits that are left. */
  get permits(): number {
    return load(this.words, this.slot + STATE)
  }
}

const MOST = 2 ** 31 - 1

function checked(count: number): number {
  if (Number.isInteger(count) && count >= 0 && count <= MOST) return count
  throw new OptionError('The number of permits', count, 'Give a whole number, 0 or more.')
}

class Acquire extends Wait<void> {
  readonly #semaphore: Semaphore
  readonly #count: number
  readonly watches
  override get what(): string {
    return 'a semaphore'
  }

  constructor(semaphore: Semaphore, count: number) {
    super(semaphore.house)
    this.#semaphore = semaphore
    this.#count = count
    this.watches = semaphore.watch.alone
  }

  protected attempt(): boolean {
    if (this.#semaphore.watch.waiting.precedes(this)) return false
    return this.#semaphore.tryAcquire(this.#count) && this.settle(undefined)
  }

  protected override abandon(): void {
    this.#semaphore.release(this.#count)
  }

  /** Those behind it may have been waiting for it only. */
  protected override leave(): void {
    this.#semaphore.house.waits.stir(this.#semaphore.watch)
  }
}

/**
 * Makes a semaphore with so many permits. In a task, or with `pool` in the thread that made it.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { run, type Semaphore, semaphore, spawn, task } from 'filch'
 *
 * export const guest = task(function* (most: Int32Array, chairs: Semaphore) {
 *   yield* chairs.acquire()
 *   try {
 *     const sitting = Atomics.add(most, 0, 1) + 1
 *     if (sitting > most[1]!) most[1] = sitting
 *     Atomics.sub(most, 0, 1)
 *   } finally {
 *     chairs.release()
 *   }
 * })
 * export const dinner = task(function* (most: Int32Array) {
 *   const chairs = semaphore(2)
 *   const guests = Array.from({ length: 6 }, () => spawn(guest, most, chairs))
 *   for (const one of guests) yield* one.join()
 *   return most[1]! <= 2
 * })
 *
 * if (import.meta.main) equal(await run(dinner, new Int32Array(new SharedArrayBuffer(8))), true)
 * ```
 */
export function semaphore(permits: number, where: Where = {}): Semaphore {
  return make(Semaphore, where, checked(permits), 0)
}

crossing(11, Semaphore)
