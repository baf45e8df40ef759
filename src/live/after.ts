import { ForkError, OptionError } from '../errors.ts'
import { now } from '../scheduler/clock.ts'
import { currentWorker } from '../scheduler/worker.ts'
import type { House } from './house.ts'
import { householdOf } from './household.ts'
import type { Alarm } from './timers.ts'
import { Wait } from './wait.ts'
import { Watch } from './watch.ts'

/** A time from now, in a task: see {@link after}. */
class After extends Wait<void> implements Alarm {
  readonly at: number
  readonly watch: Watch = new Watch(0)
  readonly watches: readonly Watch[] = this.watch.alone
  off = false
  #set = false

  constructor(house: House, ms: number) {
    super(house)
    this.at = now() + ms
  }

  protected attempt(): boolean {
    if (now() >= this.at) {
      if (this.#set) this.leave()
      return this.settle(undefined)
    }
    if (!this.#set) {
      this.#set = true
      this.house.alarm(this)
    }
    return false
  }

  protected override leave(): void {
    if (this.off || !this.#set) return
    this.off = true
    this.house.unalarm()
  }
}

/**
 * Waits for a time, in milliseconds from now: `yield* after(100)` in a generator task. In {@link select} it is a timeout.
 *
 * @example
 * ```ts
 * import { ok } from 'node:assert/strict'
 * import { after, run, task } from 'filch'
 *
 * export const nap = task(function* (ms: number) {
 *   const before = performance.now()
 *   yield* after(ms)
 *   return performance.now() - before
 * })
 *
 * if (import.meta.main) ok((await run(nap, 20)) >= 20)
 * ```
 *
 * @throws {ForkError} outside a task
 * @throws {OptionError} if `ms` is no number, or less than 0
 */
export function after(ms: number): Wait<void> {
  const worker = currentWorker()
  if (worker === undefined) {
    throw new ForkError(
      'ERR_FILCH_OUTSIDE_TASK',
      'after works inside a task only. Outside there are timers, and selectWithin(ms, …).',
    )
  }
  return pause(householdOf(worker), ms)
}

/** The same, on a given seat. */
export function pause(house: House, ms: number): Wait<void> {
  if (typeof ms !== 'number' || !(ms >= 0))
    throw new OptionError('after: the time', ms, 'Give milliseconds, 0 or more.')
  return new After(house, ms)
}
