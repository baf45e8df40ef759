import { add } from '../memory/atomics.ts'
import { OptionError } from '../errors.ts'
import { PROGRESS } from '../scheduler/slot.ts'
import { currentWorker } from '../scheduler/worker.ts'

/** Where the current code runs, and what it may say from there. Outside a task these have neutral answers. */

/**
 * Index of the worker that runs this task: 0 to `poolSize() - 1`, or `poolSize()` in the thread that made the pool (inside
 * `runSync`), so that an array of `poolSize() + 1` has a place for each. -1 outside a task.
 *
 * @example
 * ```ts
 * import { equal, ok } from 'node:assert/strict'
 * import { poolSize, runSync, task, workerIndex } from 'filch'
 *
 * export const place = task(() => [workerIndex(), poolSize()] as const)
 *
 * equal(workerIndex(), -1)
 * if (import.meta.main) {
 *   const [index, size] = runSync(place)
 *   ok(index >= 0 && index <= size)
 * }
 * ```
 */
export function workerIndex(): number {
  return currentWorker()?.seat ?? -1
}

/** Threads of the pool that runs this task; 0 in a pool without threads and outside a task. Example: {@link workerIndex}. */
export function poolSize(): number {
  return currentWorker()?.registry.threads ?? 0
}

/**
 * True if this task was forked or submitted by another worker than the one it runs on: its data is not in this core's cache.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { migrated, Pool, task } from 'filch'
 *
 * export const moved = task(() => migrated())
 *
 * if (import.meta.main) {
 *   await using pool = new Pool({ threads: 1 })
 *   equal(await pool.run(moved), true)
 *   equal(pool.runSync(moved), false)
 * }
 * ```
 */
export function migrated(): boolean {
  return currentWorker()?.migrated ?? false
}

/**
 * A good moment for others: in a long loop without forks. Offers a pending fork if somebody is hungry, runs one job of
 * another worker if there is one to be had, and ends the task with a `CanceledError` if its run was canceled. Costs a
 * fraction of a microsecond. True if it ran a job. Does nothing outside a task.
 *
 * @example
 * ```ts
 * import { rejects } from 'node:assert/strict'
 * import { CanceledError, runWith, task, yieldNow } from 'filch'
 *
 * export const endless = task((): never => {
 *   for (;;) yieldNow()
 * })
 *
 * if (import.meta.main) await rejects(runWith({ timeout: 50 }, endless), CanceledError)
 * ```
 */
export function yieldNow(): boolean {
  return currentWorker()?.yieldNow() ?? false
}

/**
 * Adds to the progress of the run that this task belongs to; `onProgress` of {@link runWith} shows the sum. One atomic
 * operation: call it per chunk, not per element. Does nothing where nobody listens. Example: {@link runWith}.
 */
export function progress(done: number): void {
  if (!Number.isInteger(done))
    throw new OptionError('progress', done, 'Give it a whole number of units done since the last call.')
  const worker = currentWorker()
  // A task in place (runSync) has no run that anybody could listen to.
  if (worker === undefined || worker.root === 0) return
  add(worker.registry.arena.words, worker.root + PROGRESS, done)
}
