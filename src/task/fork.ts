import { show, TaskError } from '../errors.ts'
import { stack } from '../scheduler/context.ts'
import type { AnyFunction } from '../scheduler/tasks.ts'
import type { Immutable } from '../wire/sendable.ts'
import { pairOf } from './specialise.ts'
import type { Forked, Task, TaskMethods } from './task.ts'

/** The arguments of a task, as a fork takes them. */
export type Arguments<F extends AnyFunction> = Each<Parameters<F>>

/** Only over a type parameter is a mapped tuple a tuple. */
type Each<P extends readonly unknown[]> = { [I in keyof P]: Immutable<P[I]> }

/**
 * Makes a pending call of any task. The same as `fn.fork(...args)`, for code that is given the task as a value; slower,
 * because it serves all tasks.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { fork, join, runSync, type Task, task } from 'filch'
 *
 * export const double = task((n: number) => 2 * n)
 * export const both = task((fn: Task<(n: number) => number>, a: number, b: number) => {
 *   const second = fork(fn, b)
 *   return fn(a) + join(second)
 * })
 *
 * if (import.meta.main) equal(runSync(both, double, 1, 20), 42)
 * ```
 *
 * @throws {TaskError} if `fn` is not a task
 * @throws {ForkError} outside a task
 * @throws {NotSendableError} if an argument cannot cross threads, whether or not it will
 */
export function fork<F extends AnyFunction>(fn: Task<F>, ...args: Arguments<F>): Forked<ReturnType<F>> {
  return methodsOf(fn).fork(...args) as Forked<ReturnType<F>>
}

/**
 * Ends a fork: runs it here if no other worker has taken it, else returns what that one made of it; meanwhile this worker
 * runs other jobs. Join it in the function that made it, the newest first. A fork that is passed over, because an older one is joined, counts
 * as abandoned: it is canceled, and joining it later is an error. Example: {@link fork}.
 *
 * @throws what the task threw, with `suppressed` holding the errors of abandoned forks
 * @throws {ForkError} if the fork is not pending in this job: in a function that was called, or forked and not stolen, it may be,
 *   and is joined; do not rely on it
 * @throws {WorkerLostError} if the thread that ran it ended
 * @throws {CanceledError} if the run was canceled and the task obeyed
 */
export function join<R>(forked: Forked<R> | Joinable<R>): R {
  return isJoinable(forked) ? forked.joinHere() : (stack.slow.join(forked) as R)
}

/** What {@link join} can wait for besides forks. */
export interface Joinable<R> {
  /** Returns what it comes to, or throws it, while this worker runs other jobs. */
  joinHere(): R
}

function isJoinable<R>(forked: Forked<R> | Joinable<R>): forked is Joinable<R> {
  return typeof forked === 'object' && forked !== null && 'joinHere' in forked
}

export function methodsOf(fn: unknown): TaskMethods<readonly unknown[], unknown> {
  const pair = pairOf(fn)
  if (pair === undefined) throw notTask(fn)
  return pair as TaskMethods<readonly unknown[], unknown>
}

export function notTask(fn: unknown): TaskError {
  return new TaskError(
    'ERR_FILCH_NOT_TASK',
    `${show(fn)} is not a task. Declare it at the top level of a module: export const name = task((…) => …).`,
  )
}
