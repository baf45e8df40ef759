import { provideHost } from '../scheduler/lobby.ts'
import type { AnyFunction } from '../scheduler/tasks.ts'
import { currentWorker } from '../scheduler/worker.ts'
import type { Result, Task } from '../task/task.ts'
import type { RunOptions } from './options.ts'
import { Pool, recordOrThrow, refuseInTask, refuseInWorker, type Stats } from './pool.ts'

/** The pool of programs that do not make one: made at first use, never closed, no reason for the process to stay. */
let pool: Pool | undefined

export function shared(what: string): Pool {
  refuseInTask(what)
  refuseInWorker(what)
  return (pool ??= new Pool())
}

provideHost(() => ({ lodge: what => shared(what).lodge(what) }))

/**
 * Runs a task on the default pool and resolves to its result. See {@link Pool.run}.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { run, task } from 'filch'
 *
 * export const double = task((n: number) => 2 * n)
 *
 * if (import.meta.main) equal(await run(double, 21), 42)
 * ```
 */
export function run<F extends AnyFunction>(fn: Task<F>, ...args: Parameters<F>): Promise<Result<F>> {
  return shared('run').run(fn, ...args)
}

/**
 * As {@link run}, with a signal, a timeout, or progress reports.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { progress, runWith, task } from 'filch'
 *
 * export const steps = task((count: number) => {
 *   for (let i = 0; i < count; i++) progress(1)
 *   return count
 * })
 *
 * if (import.meta.main) {
 *   let seen = 0
 *   await runWith({ timeout: 5000, onProgress: done => (seen = done) }, steps, 10)
 *   equal(seen, 10)
 * }
 * ```
 */
export function runWith<F extends AnyFunction>(
  options: RunOptions,
  fn: Task<F>,
  ...args: Parameters<F>
): Promise<Result<F>> {
  return shared('runWith').runWith(options, fn, ...args)
}

/**
 * Runs a task to its end while the caller waits and works along. See {@link Pool.runSync}. Inside a task it is a plain call.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { runSync, task } from 'filch'
 *
 * export const triple = task((n: number) => 3 * n)
 *
 * if (import.meta.main) equal(runSync(triple, 14), 42)
 * ```
 */
export function runSync<F extends AnyFunction>(fn: Task<F>, ...args: Parameters<F>): Result<F> {
  if (currentWorker() !== undefined) {
    recordOrThrow(fn)
    return fn(...args) as Result<F>
  }
  return shared('runSync').runSync(fn, ...args)
}

/**
 * Runs a task once on every thread of the default pool. See {@link Pool.broadcast}.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { broadcast, stats, task, workerIndex } from 'filch'
 *
 * export const index = task(() => workerIndex())
 *
 * if (import.meta.main) deepEqual(await broadcast(index), Array.from({ length: Math.max(1, stats().threads) }, (_, i) => i))
 * ```
 */
export function broadcast<F extends AnyFunction>(fn: Task<F>, ...args: Parameters<F>): Promise<Result<F>[]> {
  return shared('broadcast').broadcast(fn, ...args)
}

/**
 * What the default pool has done so far. See {@link Pool.stats}.
 *
 * @example
 * ```ts
 * import { ok } from 'node:assert/strict'
 * import { run, stats, task } from 'filch'
 *
 * export const nothing = task(() => {})
 *
 * if (import.meta.main) {
 *   await run(nothing)
 *   ok(stats().jobs >= 1 && stats().pending === 0)
 * }
 * ```
 */
export function stats(): Stats {
  return shared('stats').stats()
}
