import { ForkError, TaskError } from '../errors.ts'
import { decode, MESSAGE, stow } from '../live/deposits.ts'
import { provideInheritance } from '../live/inheritance.ts'
import { add, load, replace } from '../memory/atomics.ts'
import { blockOf, blockRef } from '../scheduler/heap.ts'
import { type Registry, SETS } from '../scheduler/registry.ts'
import { LOCALS } from '../scheduler/slot.ts'
import { currentWorker, type Worker } from '../scheduler/worker.ts'
import { callerUrl, identify } from '../task/identity.ts'
import type { ModuleMeta } from '../task/task.ts'
import type { Immutable } from '../wire/sendable.ts'

/** Values by the name of the variable. A name that this thread does not know is passed on all the same. */
type Entries = ReadonlyMap<string, unknown>

/** Variables of this thread, by name: their place in {@link Cache.values}. */
const places = new Map<string, number>()

/** What a variable has that was not set. */
const UNSET: unknown = Symbol('unset')

/** The values of the task that has read or set last, in this thread. */
interface Cache {
  /** The pool of that task. Each numbers its settings on its own, and the thread that made several may run tasks of all. */
  pool: Registry | undefined
  /** Number of the setting. Never 0. */
  serial: number
  entries: Entries
  /** By place; {@link UNSET} where the task has none. */
  values: unknown[]
}
const cache: Cache = { pool: undefined, serial: 0, entries: new Map(), values: [] }

/**
 * A variable that each task has for itself. See {@link taskLocal}.
 *
 * All that a task has set lies in one block, named by the word LOCALS of its root, so that its forks read it wherever they run. A
 * block does not change: who sets a variable makes a new one, exchanges the word and frees the old. The block begins with the
 * number of the setting, which no other has (until 2^32 more): by that a thread knows whether what it has decoded is still so.
 *
 * A fork may read while another sets: it copies the words atomically and then looks whether LOCALS still is what it was. The word has
 * ten bits of the number, so that it is not fooled by a block in the same place.
 */
export class TaskLocal<T> {
  readonly #initial: T
  readonly #name: string
  readonly #place: number

  /** @internal */
  constructor(name: string, initial: T) {
    this.#name = name
    this.#initial = initial
    this.#place = places.size
    places.set(name, this.#place)
  }

  /** What the current task has set, or inherited; else, and outside of tasks, what it was declared with. */
  get value(): T {
    const worker = currentWorker()
    if (worker === undefined) return this.#initial
    const { words } = worker.registry.arena
    const ref = words[worker.root + LOCALS]!
    if (ref === 0) return this.#initial
    if (words[blockOf(ref) + 1] !== cache.serial || cache.pool !== worker.registry) refresh(worker)
    const value = cache.values[this.#place]
    return value === UNSET || value === undefined ? this.#absent() : (value as T)
  }

  set value(value: Immutable<T> | T) {
    const worker = currentWorker()
    if (worker === undefined) {
      throw new ForkError('ERR_FILCH_OUTSIDE_TASK', 'A task-local value is set inside a task only.')
    }
    const given = worker.admit(value, 0)
    const { arena } = worker.registry
    for (;;) {
      const ref = load(arena.words, worker.root + LOCALS)
      if (ref !== 0) refresh(worker)
      const entries = new Map(ref === 0 ? [] : cache.entries).set(this.#name, given)
      const made = encode(worker, worker.root, entries)
      if (!replace(arena.words, worker.root + LOCALS, ref, made.ref)) {
        worker.jobs.heap.free(blockOf(made.ref))
        continue
      }
      if (ref !== 0) worker.jobs.heap.free(blockOf(ref))
      remember(worker, made.serial, entries)
      return
    }
  }

  /** Undefined may have been set, and a variable that was declared since has no place yet. */
  #absent(): T {
    return cache.entries.has(this.#name) ? (cache.entries.get(this.#name) as T) : this.#initial
  }
}

function remember({ registry }: Worker, serial: number, entries: Entries): void {
  cache.pool = registry
  cache.serial = serial
  cache.entries = entries
  cache.values = Array.from({ length: places.size }, () => UNSET)
  for (const [name, value] of entries) {
    const place = places.get(name)
    if (place !== undefined) cache.values[place] = value
  }
}

/** Decodes what the current task has. */
function refresh(worker: Worker): void {
  const { arena } = worker.registry
  for (;;) {
    const ref = load(arena.words, worker.root + LOCALS)
    const at = blockOf(ref)
    arena.reach(at + MESSAGE)
    const length = load(arena.words, at)
    const serial = load(arena.words, at + 1)
    const end = at + MESSAGE + length
    const copy = new Int32Array(length >= 0 && arena.reach(end) ? length : 0)
    for (let i = 0; i < copy.length; i++) copy[i] = load(arena.words, at + MESSAGE + i)
    if (load(arena.words, worker.root + LOCALS) !== ref) continue
    return remember(worker, serial, decode(worker, copy) as Entries)
  }
}

function encode(worker: Worker, root: number, entries: Entries): { readonly ref: number; readonly serial: number } {
  const { jobs, registry } = worker
  jobs.writer.begin('copied')
  jobs.writer.value(entries, 'taskLocal')
  const serial = (add(registry.arena.words, registry.control + SETS, 1) + 1) | 0
  return { ref: blockRef(stow(worker, serial, root), serial), serial }
}

// Encoded anew, for the child to have a block of its own, and shared arrays to be held for it by this thread.
provideInheritance((worker, parent, child) => {
  const { root } = worker
  worker.root = parent
  try {
    const { registry } = worker
    const { words } = registry.arena
    if (words[blockOf(words[parent + LOCALS]!) + 1] !== cache.serial || cache.pool !== registry) refresh(worker)
  } finally {
    worker.root = root
  }
  const { ref } = encode(worker, child, cache.entries)
  worker.registry.arena.words[child + LOCALS] = ref
})

/**
 * Declares a variable that each task has for itself: what it sets is seen by it and its forks, wherever they run, and by nobody else.
 * Declare it at the top level of a module, as a task.
 *
 * **Rule.** A task that is spawned starts with the values that its parent had at that moment, detached or not; what either sets later is
 * its own. A run from outside starts with what was declared. All is forgotten when the task ends. A fork shares the variables of
 * its task: one that sets does so for all of it, and forks that run at the same time see it sooner or later.
 *
 * **Cost.** A read takes some nanoseconds (bench/live/locals.ts), a set some microseconds, and a spawn that much more if
 * there is something to inherit. Values cross threads and are frozen; handles, ends of channels and the like are refused.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { run, spawn, task, taskLocal } from 'filch'
 *
 * const user = taskLocal('nobody')
 * export const whoami = task(() => user.value)
 * export const serve = task(function* (name: string) {
 *   user.value = name
 *   return [yield* spawn(whoami).join(), user.value]
 * })
 *
 * if (import.meta.main) {
 *   deepEqual(await run(serve, 'ann'), ['ann', 'ann'])
 *   deepEqual(await run(whoami), 'nobody')
 * }
 * ```
 */
export function taskLocal<T>(initial: T): TaskLocal<T>
/** The same with the module named, for bundled code: `taskLocal(import.meta, initial)`. */
export function taskLocal<T>(meta: ModuleMeta, initial: T): TaskLocal<T>
export function taskLocal(...given: unknown[]): unknown {
  return new TaskLocal(nameOf(given, taskLocal), given.at(-1))
}

/** How a variable is called in every thread: by its module, and the how-many-eth it is there. */
export function nameOf(given: readonly unknown[], above: (...args: never[]) => unknown): string {
  const url = given.length > 1 ? (given[0] as ModuleMeta).url : callerUrl(above)
  const { ordinal } = identify(`${url}#locals`)
  if (typeof url !== 'string') throw new TaskError('ERR_FILCH_TASK', 'With two arguments, the first is import.meta.')
  return `${url}#${ordinal}`
}
