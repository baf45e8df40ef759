import { TaskError } from '../errors.ts'
import type { Handle } from '../live/handle.ts'
import type { House } from '../live/house.ts'
import { householdOf } from '../live/household.ts'
import { isStaffed, launch } from '../live/spawn.ts'
import { Wait } from '../live/wait.ts'
import type { Watch } from '../live/watch.ts'
import { seatOutside } from '../scheduler/lobby.ts'
import { recordOf } from '../scheduler/tasks.ts'
import { currentWorker } from '../scheduler/worker.ts'
import { type ModuleMeta, type Task, task } from '../task/task.ts'
import { nameOf } from './task-local.ts'

/** Variables of this thread, by name. */
const locals = new Map<string, WorkerLocal<unknown>>()

/** Where they are collected from outside of tasks. */
export interface From {
  /** Default: the default pool. */
  readonly pool?: { readonly name: string; readonly threads: number }
}

/** The value of a variable in the thread that runs this, in an array; an empty one if it was never used there. */
const look: Task<(name: string, takes: boolean) => readonly unknown[]> = task(
  import.meta,
  (name: string, takes: boolean): readonly unknown[] => {
    const local = locals.get(name)
    return local === undefined ? [] : local.slot(takes)
  },
)

/** A variable that each worker has for itself. See {@link workerLocal}. */
export class WorkerLocal<T> {
  readonly #init: () => T
  readonly #name: string
  #made = false
  #value: T | undefined

  /** @internal */
  constructor(name: string, init: () => T) {
    this.#name = name
    this.#init = init
    locals.set(name, this)
  }

  /** This worker's value; made by `init` at the first use. */
  get value(): T {
    return this.#made ? (this.#value as T) : this.#make()
  }

  set value(value: T) {
    this.#made = true
    this.#value = value
  }

  #make(): T {
    this.#value = this.#init()
    this.#made = true
    return this.#value
  }

  /** @internal This worker's, if it has one; with `takes` it has none afterwards. */
  slot(takes: boolean): readonly T[] {
    if (!this.#made) return []
    const slot = [this.#value as T]
    if (takes) {
      this.#made = false
      this.#value = undefined
    }
    return slot
  }

  /**
   * Collects the values of all workers that have one, by worker index: `yield* local.values()` in a generator task, `await
   * local.values({ pool })` in the thread that made the pool, whose own value, if it worked along in `runSync`, comes last. Each
   * worker answers between two jobs, so wait for the phase to end before. Values arrive as copies.
   */
  values(from: From = {}): Wait<T[]> {
    return this.#gather(false, from, values => values)
  }

  /** As {@link values}, and every worker begins anew. */
  take(from: From = {}): Wait<T[]> {
    return this.#gather(true, from, values => values)
  }

  /** Folds the values into one, by worker index. Not every worker need have one: `initial` should change nothing. */
  reduce<R>(fn: (sum: R, value: T) => R, initial: R, from: From = {}): Wait<R> {
    return this.#gather(false, from, values => values.reduce(fn, initial))
  }

  #gather<R>(takes: boolean, from: From, finish: (values: T[]) => R): Wait<R> {
    const worker = currentWorker() ?? seatOutside('workerLocal', from.pool)
    const household = householdOf(worker)
    const own: Slot = { look: () => ({ ok: true, value: this.slot(takes) }) }
    const slots: Slot[] = []
    for (let seat = 0; seat < worker.registry.inUse; seat++) {
      if (seat !== worker.seat && !isStaffed(worker.registry, seat)) continue
      if (seat === worker.registry.caller) continue
      const { root } = worker
      slots.push(
        seat === worker.seat
          ? own
          : launch(household, { on: seat, supervised: true }, recordOf(look)!, [this.#name, takes], root),
      )
    }
    if (worker.seat === worker.registry.caller) slots.push(own)
    return new Gather(household, slots, values => finish(values as T[]))
  }
}

type Slot = Pick<Handle<unknown>, 'look'> & { readonly watch?: Watch }

class Gather<R> extends Wait<R> {
  readonly #slots: readonly Slot[]
  readonly #finish: (values: unknown[]) => R
  readonly watches
  override get what(): string {
    return 'the values of a workerLocal'
  }

  constructor(house: House, slots: readonly Slot[], finish: (values: unknown[]) => R) {
    super(house)
    this.#slots = slots
    this.#finish = finish
    this.watches = slots.flatMap(({ watch }) => watch ?? [])
  }

  protected attempt(): boolean {
    for (const slot of this.#slots) if (slot.watch !== undefined && slot.look() === undefined) return false
    const values: unknown[] = []
    for (const slot of this.#slots) {
      const outcome = slot.look()!
      if (!outcome.ok) return this.fail(outcome.error)
      values.push(...(outcome.value as readonly unknown[]))
    }
    return this.settle(this.#finish(values))
  }
}

/**
 * Declares a variable that each worker has for itself: a counter, a cache, a buffer that is used again. Declare it at the top level of
 * a module, as a task. No locks, no atomics: on one worker, one piece of code runs at a time.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { Pool, scope, task, workerLocal } from 'filch'
 *
 * const calls = workerLocal(() => 0)
 * export const call = task(() => void calls.value++)
 * export const many = task((count: number) => {
 *   scope(s => {
 *     for (let i = 0; i < count; i++) s.spawn(call)
 *   })
 * })
 *
 * if (import.meta.main) {
 *   await using pool = new Pool({ threads: 2 })
 *   await pool.run(many, 1000)
 *   equal(await calls.reduce((sum, n) => sum + n, 0, { pool }), 1000)
 * }
 * ```
 */
export function workerLocal<T>(init: () => T): WorkerLocal<T>
/** The same with the module named, for bundled code: `workerLocal(import.meta, init)`. */
export function workerLocal<T>(meta: ModuleMeta, init: () => T): WorkerLocal<T>
export function workerLocal(...given: unknown[]): unknown {
  const init = given.at(-1)
  if (typeof init !== 'function') {
    throw new TaskError('ERR_FILCH_TASK', 'workerLocal() wants a function that makes the value of a worker.')
  }
  return new WorkerLocal(nameOf(given, workerLocal), init as () => unknown)
}
