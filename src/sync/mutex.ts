import type { Hold } from '../live/hold.ts'
import { Wait } from '../live/wait.ts'
import { load, replace } from '../memory/atomics.ts'
import type { Belonging } from '../scheduler/belongings.ts'
import { isStale } from '../scheduler/subscription.ts'
import { crossing, Held, HINT, make, STATE, type Where } from './held.ts'

/**
 * One task at a time, in shared memory. The word is 0 while nobody has it, else the mark of its owner's thread: seat and life
 * (`markOf`). Taking it is one exchange from what was found; giving it back another, and then a ring.
 *
 * **Death.** The mark of a thread that has died is stale for ever: the repair counts up the lives of its seat before it tells of the
 * death, and all who wait look again then (`Watches.revive`). The next taker exchanges the stale mark for its own, and is told
 * (`guard.inherited`), since what the mutex guards may be half written. Lives are counted with 21 bits: a mark is mistaken for that of
 * a living thread after two million deaths on one seat.
 *
 * **Kill.** A task has its guards as it has what it was given: whatever ends it, gives them back after its `finally` blocks.
 */
export class Mutex extends Held {
  /** Waits until nobody has it, and takes it: `yield* mutex.lock()`. Whoever has it already waits for itself. */
  lock(): Wait<MutexGuard> {
    return new Lock(this)
  }

  /** Takes it if nobody has it. */
  tryLock(): MutexGuard | undefined {
    const found = this.take()
    return found < 0 ? undefined : new MutexGuard(this, found !== 0)
  }

  /** True if a task has it now. */
  get locked(): boolean {
    const word = load(this.words, this.slot + STATE)
    return word !== 0 && !isStale(this.house.worker.registry, word)
  }

  /** @internal What was found and taken: 0, or the mark of a dead owner; -1 if somebody has it. */
  take(): number {
    const { worker } = this.house
    for (;;) {
      const word = load(this.words, this.slot + STATE)
      if (word !== 0 && !isStale(worker.registry, word)) return -1
      if (!replace(this.words, this.slot + STATE, word, worker.post.mark)) continue
      this.words[this.slot + HINT] = worker.root
      return word
    }
  }

  /** @internal */
  give(): void {
    const { worker } = this.house
    replace(worker.registry.arena.words, this.slot + STATE, worker.post.mark, 0)
    this.ring()
  }
}

/** What a task has while it has a mutex. Release it once: `using guard = yield* mutex.lock()`, or in `finally`. */
export class MutexGuard implements Belonging {
  readonly #mutex: Mutex
  /** The mutex lasts as long as it is locked, whatever becomes of the object. */
  readonly #hold: Hold
  /** The thread of the one who had it before has died with it in hand: what it guards may be half written. */
  readonly inherited: boolean

  /** @internal */
  constructor(mutex: Mutex, inherited: boolean) {
    this.#mutex = mutex
    this.#hold = mutex.retain()
    this.inherited = inherited
    const { worker } = mutex.house
    if (!worker.lodging.loose) worker.lodging.keep(this)
  }

  /** Gives the mutex back. Again: nothing. */
  release(): void {
    if (this.#hold.released) return
    this.#mutex.house.worker.lodging.forget(this)
    this.#mutex.give()
    this.#hold.release()
  }

  [Symbol.dispose](): void {
    this.release()
  }
}

class Lock extends Wait<MutexGuard> {
  readonly #mutex: Mutex
  #found = -1
  #guard: MutexGuard | undefined
  readonly watches
  override get what(): string {
    return 'a mutex'
  }

  constructor(mutex: Mutex) {
    super(mutex.house)
    this.#mutex = mutex
    this.watches = mutex.watch.alone
  }

  protected attempt(): boolean {
    if (this.#mutex.watch.waiting.precedes(this)) return false
    this.#found = this.#mutex.take()
    return this.#found >= 0 && this.settle(undefined as never)
  }

  /** In the task that waits, whose guard it is: {@link attempt} runs anywhere. */
  override outcome(): MutexGuard {
    super.outcome()
    this.#guard ??= new MutexGuard(this.#mutex, this.#found !== 0)
    return this.#guard
  }

  protected override abandon(): void {
    this.#mutex.give()
  }

  protected override leave(): void {
    this.#mutex.house.waits.stir(this.#mutex.watch)
  }
}

/**
 * Makes a mutex. In a task, or with `pool` in the thread that made it.
 *
 * It is for tasks that wait: between lock and release they may wait for something else, while their worker runs others. A few
 * numbers are better guarded by an atomic operation.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { type Mutex, mutex, run, spawn, task } from 'filch'
 *
 * export const add = task(function* (cells: Int32Array, turn: Mutex) {
 *   for (let i = 0; i < 100; i++) {
 *     const guard = yield* turn.lock()
 *     cells[0]!++
 *     guard.release()
 *   }
 * })
 * export const adders = task(function* (cells: Int32Array) {
 *   const turn = mutex()
 *   const both = [spawn(add, cells, turn), spawn(add, cells, turn)]
 *   for (const one of both) yield* one.join()
 *   return cells[0]!
 * })
 *
 * if (import.meta.main) equal(await run(adders, new Int32Array(new SharedArrayBuffer(4))), 200)
 * ```
 */
export function mutex(where: Where = {}): Mutex {
  return make(Mutex, where, 0, 0)
}

crossing(12, Mutex)
