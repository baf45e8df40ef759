import { add } from '../memory/atomics.ts'
import { CANCELED, PARENT, SHIELDS } from '../scheduler/slot.ts'
import { currentWorker, type Worker } from '../scheduler/worker.ts'
import { idOf, nameOf } from './name.ts'

/** What a task knows of itself. A fork sees its task's. */
export class CurrentTask {
  readonly #worker: Worker
  readonly #slot: number
  /** A number that no other task of the pool has at the same time. */
  readonly id: number
  /** Index of the worker that runs this code. */
  readonly worker: number

  /** @internal */
  constructor(worker: Worker) {
    this.#worker = worker
    this.#slot = worker.root
    this.worker = worker.seat
    this.id = idOf(worker, worker.root)
  }

  /** Given by `spawnWith({ name })`, else the task's name and place. */
  get name(): string {
    return nameOf(this.#worker, this.#slot)
  }

  /** Id of the task whose child it is; undefined if it has none, as a run and a detached task. */
  get parent(): number | undefined {
    const parent = this.#worker.registry.arena.words[this.#slot + PARENT]!
    return parent === 0 ? undefined : idOf(this.#worker, parent)
  }

  /** It must stop, and has not yet been told, or is in an {@link uncancellable} section. */
  get killed(): boolean {
    return this.#worker.registry.arena.words[this.#slot + CANCELED] !== 0
  }
}

/**
 * The task that runs this code; undefined outside of tasks. It is of use while the task runs.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { currentTask, run, spawnWith, task } from 'filch'
 *
 * export const child = task(() => [currentTask()!.name, currentTask()!.parent] as const)
 * export const parent = task(function* () {
 *   const [name, parent] = yield* spawnWith({ name: 'the first' }, child).join()
 *   return name === 'the first' && parent === currentTask()!.id
 * })
 *
 * equal(currentTask(), undefined)
 * if (import.meta.main) equal(await run(parent), true)
 * ```
 */
export function currentTask(): CurrentTask | undefined {
  const worker = currentWorker()
  return worker === undefined || worker.root === 0 ? undefined : new CurrentTask(worker)
}

/**
 * Calls `fn` as a section in which nothing stops this task or its forks: no kill, no cancellation, no failure of a child. What comes
 * meanwhile is thrown at the end of the section. For writes to shared data that must be whole.
 *
 * Only the end of the thread breaks it: `process.exit`, no memory, a kill by force. With a generator, `yield*` the result: the section lasts until
 * the generator has returned.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { run, spawnWith, task, uncancellable, yieldNow } from 'filch'
 *
 * export const twoCells = task((cells: Int32Array) => {
 *   Atomics.store(cells, 2, 1)
 *   for (;;) {
 *     uncancellable(() => {
 *       cells[0]!++
 *       yieldNow() // a kill does not stop it here
 *       cells[1]!++
 *     })
 *   }
 * })
 * export const killer = task(function* (cells: Int32Array) {
 *   const writer = spawnWith({ supervised: true }, twoCells, cells)
 *   writer.kill()
 *   yield* writer.result()
 *   return cells[0] === cells[1]
 * })
 *
 * if (import.meta.main) deepEqual(await run(killer, new Int32Array(new SharedArrayBuffer(12))), true)
 * ```
 */
export function uncancellable<R>(fn: () => R): R {
  const worker = currentWorker()
  if (worker === undefined || worker.root === 0) return fn()
  const { root } = worker
  shield(worker, root, 1)
  let result: R
  try {
    result = fn()
    if (isGenerator(result)) {
      // It has not begun: from here on the section is its own.
      return section(worker, root, result) as R
    }
  } catch (error) {
    shield(worker, root, -1)
    throw error
  }
  shield(worker, root, -1)
  worker.poll()
  return result
}

function shield(worker: Worker, root: number, by: number): void {
  add(worker.registry.arena.words, root + SHIELDS, by)
}

function isGenerator(value: unknown): value is Generator<unknown, unknown, unknown> {
  return Object.prototype.toString.call(value) === '[object Generator]'
}

function* section(worker: Worker, root: number, body: Generator<unknown, unknown, unknown>): Generator {
  let value: unknown
  try {
    value = yield* body
  } finally {
    shield(worker, root, -1)
  }
  worker.poll()
  return value
}
