import { show, TaskError } from '../errors.ts'
import { FIELDS } from '../scheduler/stack.ts'
import { type AnyFunction, enlist, recordOf } from '../scheduler/tasks.ts'
import type { EnvoyLike, Immutable, Sendable } from '../wire/sendable.ts'
import { callerUrl, identify } from './identity.ts'
import { equip } from './specialise.ts'

declare const outcome: unique symbol

/**
 * A pending fork: join it once, in the function that made it, newest first. Not a value to keep or to send.
 * `R` is what joining it returns.
 */
export type Forked<R> = number & { readonly [outcome]: R }

/** What {@link task} puts on a function. */
export interface TaskMethods<A extends readonly unknown[], R> {
  /** Makes a pending call of this task: it runs at the {@link join}, unless another worker has taken it by then. */
  fork(...args: { [I in keyof A]: Immutable<A[I]> }): Forked<R>
  /** Returns what the forked call returned, or throws what it threw. */
  join(forked: Forked<R>): R
}

/** What a task comes to: what a generator returns, what any other function returns. */
export type Result<F extends AnyFunction> = ReturnType<F> extends Generator<unknown, infer R, never> ? R : ReturnType<F>

/** A function known by the same identity in every thread. It can still be called as what it is. */
export type Task<F extends AnyFunction> = F & TaskMethods<Parameters<F>, ReturnType<F>>

/** `F` if its parameters and its result can cross threads; else a type that says why not. */
export type Portable<F extends AnyFunction> = [ReturnType<F>] extends [never]
  ? Crossing<F> // It always throws. `never` would count as a promise below.
  : ReturnType<F> extends EnvoyLike
    ? Crossing<F> // A handle has `then`.
    : ReturnType<F> extends PromiseLike<unknown>
      ? 'a task runs to its end on one worker and cannot be async: await outside of it'
      : Crossing<F>

type Crossing<F extends AnyFunction> =
  Parameters<F> extends Sendable<Parameters<F>>
    ? Result<F> extends Sendable<Result<F>>
      ? F
      : Sendable<Result<F>>
    : Sendable<Parameters<F>>

/** What `import.meta` is, as far as {@link task} needs it. */
export interface ModuleMeta {
  readonly url: string
}

/**
 * Declares a task: a function that every thread of a pool knows under the same name, so that a call of it can run anywhere.
 *
 * Returns **the same function**, with `fork` and `join` added. Declare tasks at the top level of a module, unconditionally:
 * each worker imports that module, and the n-th task there is the n-th task here. A module that also *starts* work at its
 * top level starts it in every worker that imports it (refused with an error); keep tasks in a file of their own, or guard
 * the start with `if (import.meta.main)` (Node 24.2, or 22.18, and later).
 *
 * **What moves.** Arguments and results are numbers, strings, plain data and the rest of docs/values.md; objects given to a
 * fork are frozen (see `PoolOptions.immutability`); typed arrays over a `SharedArrayBuffer` are passed by reference. What a
 * task reads from its module is each thread's own copy.
 *
 * **Cost.** The call itself costs what it did. A fork with its join costs a few nanoseconds more than the call
 * (bench/fork/fib.ts), unless another worker takes it.
 *
 * The idea of forks that stay private until somebody is hungry is that of lazy scheduling (Mohr, Kranz, Halstead, 1990) and
 * of Wool's private tasks (Faxén, 2008).
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { runSync, task } from 'filch'
 *
 * export const fib = task((n: number): number => {
 *   if (n < 2) return n
 *   const right = fib.fork(n - 2)
 *   return fib(n - 1) + fib.join(right)
 * })
 *
 * if (import.meta.main) equal(runSync(fib, 20), 6765)
 * ```
 *
 * @param fn a plain function of at most eight parameters (more arguments than parameters are possible, and slower)
 * @throws {TaskError} if `fn` is no function, `async` (a generator that is not is a task that waits), native or bound, or is a task already
 */
export function task<F extends AnyFunction>(fn: F & Portable<F>): Task<F>
/** The same with the module named, for bundled code and engines without readable stacks: `task(import.meta, fn)`. */
export function task<F extends AnyFunction>(meta: ModuleMeta, fn: F & Portable<F>): Task<F>
export function task(...given: unknown[]): unknown {
  const fn = given.length > 1 ? given[1] : given[0]
  if (typeof fn !== 'function') {
    throw new TaskError('ERR_FILCH_TASK', `task() got ${show(fn)}. Give it a function.`)
  }
  check(fn as AnyFunction)
  const url = given.length > 1 ? urlOf(given[0]) : callerUrl(task)
  const { ordinal } = identify(url)
  const record = enlist(fn as AnyFunction, url, ordinal)
  equip(record)
  return fn
}

function check(fn: AnyFunction): void {
  const text = Function.prototype.toString.call(fn)
  const what = show(fn)
  const refuse = (why: string): never => {
    throw new TaskError('ERR_FILCH_TASK', `task() got ${what}, ${why}`)
  }
  const kind = Object.prototype.toString.call(fn)
  if (kind === '[object AsyncFunction]') {
    refuse(
      'which is async. Do what must be awaited outside, and give the task the result; to wait for other tasks, make it a generator.',
    )
  }
  if (kind === '[object AsyncGeneratorFunction]') {
    refuse('which is an async generator. A task that waits is a generator that is not async: function*.')
  }
  if (/^class\b/.test(text)) refuse('which is a class. Give it a function that makes the instance.')
  if (/\{\s*\[native code\]\s*\}$/.test(text))
    refuse('which is native or bound: its text says nothing. Wrap it in an arrow function.')
  if (fn.length > FIELDS) refuse(`which has ${fn.length} parameters. The most is ${FIELDS}: pass an object.`)
  if (recordOf(fn) !== undefined) refuse('which is a task already.')
  if ('fork' in fn || 'join' in fn) refuse('which has a `fork` or a `join` already.')
}

function urlOf(meta: unknown): string {
  const url = typeof meta === 'object' && meta !== null ? (meta as Partial<ModuleMeta>).url : undefined
  if (typeof url === 'string' && url !== '') return url
  throw new TaskError(
    'ERR_FILCH_TASK',
    `task() got ${show(meta)} as its first argument. With two, the first is import.meta.`,
  )
}
