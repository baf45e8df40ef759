import { LimitError, TaskError } from '../errors.ts'
import type { Arena } from '../memory/arena.ts'
import { add, load, replace, store } from '../memory/atomics.ts'
import { recordByKey, type TaskRecord } from './tasks.ts'

/**
 * The tasks of a pool: gives a task the same number in every thread without asking anybody.
 *
 * An open-addressed table that only grows. A task's name (module URL and ordinal) is hashed to 64 bits; its number is the
 * place where the hash was entered. Each word goes from 0 to its value once, by compare-exchange, so a thread that dies half way
 * through an entry has done no harm: the next one with the same name finishes it.
 *
 *   entry: [ hash, low ][ hash, high ][ hash of the source ][ address of the module's URL ][ deaths ]
 */
const ENTRIES = 4096
const WIDTH = 5
/** Beyond this many tasks the probes get long. */
const MOST_PROBES = 512
/** So many threads in a row that died while they imported a module: it was the module. One may have died of something else. */
const MOST_DEATHS = 3

export class Directory {
  static readonly words: number = ENTRIES * WIDTH

  readonly #arena: Arena
  readonly #at: number
  /** This thread's memory of numbers, by the task's index in this thread. */
  readonly #ids: (number | undefined)[] = []

  constructor(arena: Arena, at: number) {
    this.#arena = arena
    this.#at = at
  }

  /** The task's number in this pool. Throws if another thread has other source text under the same name. */
  idOf(task: TaskRecord): number {
    return this.#ids[task.index] ?? (this.#ids[task.index] = this.#enter(task))
  }

  #enter(task: TaskRecord): number {
    const words = this.#arena.words
    const [low, high] = task.key
    for (let i = 0; i < MOST_PROBES; i++) {
      const id = (low + i) & (ENTRIES - 1)
      const entry = this.#at + id * WIDTH
      if (settle(words, entry, low) !== low || settle(words, entry + 1, high) !== high) continue
      if (settle(words, entry + 2, task.source) !== task.source) {
        throw new TaskError(
          'ERR_FILCH_TASK_MISMATCH',
          `The task ${task.label} has other source text in another thread. Declare tasks at the top level of a module, ` +
            'always in the same order, and do not change the file while the pool runs.',
        )
      }
      if (load(words, entry + 3) === 0) replace(words, entry + 3, 0, this.#write(task.url))
      return id
    }
    throw new LimitError(
      'This pool knows too many tasks',
      `Declare them once, at the top level of a module: ${ENTRIES} fit.`,
    )
  }

  /** This thread's task of that number, or undefined if it declares none of that name. Throws if that has other source text in another thread. */
  taskOf(id: number): TaskRecord | undefined {
    const key = this.keyOf(id)
    const task = key && recordByKey(key)
    if (task !== undefined) this.idOf(task)
    return task
  }

  /** The 64-bit name behind a number, or undefined if no task has it. */
  keyOf(id: number): readonly [number, number] | undefined {
    const entry = this.#at + id * WIDTH
    if (id < 0 || id >= ENTRIES || load(this.#arena.words, entry + 3) === 0) return undefined
    return [this.#arena.words[entry]!, this.#arena.words[entry + 1]!]
  }

  /** URL of the module that declares the task. */
  urlOf(id: number): string {
    const at = load(this.#arena.words, this.#at + id * WIDTH + 3)
    this.#arena.reach(at + 1)
    const length = this.#arena.words[at]!
    this.#arena.reach(at + 1 + length)
    let url = ''
    for (let i = 1; i <= length; i++) url += String.fromCharCode(this.#arena.words[at + i]!)
    return url
  }

  /** A thread died while it imported the task's module. After {@link MOST_DEATHS} of them no other shall try. */
  blame(id: number): void {
    add(this.#arena.words, this.#at + id * WIDTH + 4, 1)
  }

  /** A thread has imported the task's module and lives. */
  absolve(id: number): void {
    store(this.#arena.words, this.#at + id * WIDTH + 4, 0)
  }

  isPoisoned(id: number): boolean {
    return load(this.#arena.words, this.#at + id * WIDTH + 4) >= MOST_DEATHS
  }

  /** Never freed: a loser of the race to enter the same URL leaks one. */
  #write(url: string): number {
    const at = this.#arena.allocate(url.length + 1)
    const words = this.#arena.words
    words[at] = url.length
    for (let i = 0; i < url.length; i++) words[at + 1 + i] = url.charCodeAt(i)
    return at
  }
}

/** Writes `value` if nobody has written anything, and returns what is there now. Values are not 0. */
function settle(words: Int32Array, at: number, value: number): number {
  const there = load(words, at)
  if (there !== 0) return there
  replace(words, at, 0, value)
  return load(words, at)
}
