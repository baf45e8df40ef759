import { OptionError } from '../errors.ts'
import { Wait } from '../live/wait.ts'
import { load, replace } from '../memory/atomics.ts'
import { crossing, Held, make, STATE, type Where } from './held.ts'

/**
 * A gate that opens once, after so many have counted down, in shared memory. The word counts what is missing and changes by one
 * exchange; who takes it to 0 rings. Who dies between the two is found out by `Watches.revive`: all who wait look again.
 */
export class Latch extends Held {
  /** One fewer to wait for, or `by` fewer; below 0 it does not go. */
  countDown(by = 1): void {
    if (!(Number.isInteger(by) && by >= 0)) throw new OptionError('countDown', by, 'Give a whole number, 0 or more.')
    for (;;) {
      const missing = load(this.words, this.slot + STATE)
      if (missing === 0) return
      if (!replace(this.words, this.slot + STATE, missing, Math.max(0, missing - by))) continue
      if (missing <= by) this.ring()
      return
    }
  }

  /** How many are missing. */
  get count(): number {
    return load(this.words, this.slot + STATE)
  }

  /** Waits until none is missing: `yield* latch.wait()`. */
  wait(): Wait<void> {
    return new Open(this)
  }
}

class Open extends Wait<void> {
  readonly #latch: Latch
  readonly watches
  override get what(): string {
    return 'a latch'
  }

  constructor(latch: Latch) {
    super(latch.house)
    this.#latch = latch
    this.watches = latch.watch.alone
  }

  protected attempt(): boolean {
    return this.#latch.count === 0 && this.settle(undefined)
  }
}

/**
 * Makes a latch that opens after `count` have counted down. In a task, or with `pool` in the thread that made it.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { type Latch, latch, run, spawn, task } from 'filch'
 *
 * export const part = task((cells: Int32Array, done: Latch) => {
 *   Atomics.add(cells, 0, 1)
 *   done.countDown()
 * })
 * export const all = task(function* (cells: Int32Array) {
 *   const done = latch(3)
 *   for (let i = 0; i < 3; i++) spawn(part, cells, done)
 *   yield* done.wait()
 *   return cells[0]!
 * })
 *
 * if (import.meta.main) equal(await run(all, new Int32Array(new SharedArrayBuffer(4))), 3)
 * ```
 */
export function latch(count: number, where: Where = {}): Latch {
  if (!(Number.isInteger(count) && count >= 0 && count < 2 ** 31)) {
    throw new OptionError('The count of a latch', count, 'Give a whole number, 0 or more.')
  }
  return make(Latch, where, count, 0)
}

crossing(9, Latch)
