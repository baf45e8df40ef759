import { OptionError } from '../errors.ts'
import { stack } from '../scheduler/context.ts'
import type { AnyFunction } from '../scheduler/tasks.ts'
import { currentWorker } from '../scheduler/worker.ts'
import { type Arguments, methodsOf } from './fork.ts'
import type { Forked, Task } from './task.ts'

/** A task with its arguments: `[fn, ...args]`. */
export type Call<F extends AnyFunction> = readonly [fn: Task<F>, ...args: Arguments<F>]

/**
 * Calls all of them, each possibly on another worker, and returns their results in order. Inside a task only.
 *
 * The first runs here at once, the others are forked. All of them end before this returns or throws; if several fail, the
 * first in the list wins and carries those of the others that had begun as `suppressed`.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { invokeAll, runSync, task } from 'filch'
 *
 * export const square = task((n: number) => n * n)
 * export const twice = task((text: string) => text + text)
 * export const both = task(() => invokeAll([square, 7], [twice, 'ab']))
 *
 * if (import.meta.main) deepEqual(runSync(both), [49, 'abab'])
 * ```
 */
export function invokeAll<const C extends readonly (readonly [unknown, ...unknown[]])[]>(
  ...calls: C & Calls<C>
): Results<C> {
  const list = calls as unknown as readonly (readonly [unknown, ...unknown[]])[]
  if (currentWorker() === undefined) stack.slow.full() // throws: outside of a task
  for (const [i, call] of list.entries()) {
    if (!Array.isArray(call))
      throw new OptionError(`invokeAll: call ${i}`, call, 'Give a task with its arguments: [task, ...args].')
  }
  const forks: Forked<unknown>[] = []
  for (let i = list.length - 1; i > 0; i--) {
    const [fn, ...args] = list[i]!
    forks.push(methodsOf(fn).fork(...(args as never[])))
  }
  const results: unknown[] = []
  for (let i = 0; i < list.length; i++) {
    const [fn, ...args] = list[i]!
    const methods = methodsOf(fn)
    results.push(i === 0 ? (fn as (...args: unknown[]) => unknown)(...args) : methods.join(forks.pop()!))
  }
  return results as Results<C>
}

/** The results of a list of calls. */
export type Results<C extends readonly (readonly [unknown, ...unknown[]])[]> = {
  -readonly [I in keyof C]: C[I][0] extends (...args: never[]) => infer R ? R : never
}

/** Checks each call of a list against its task's parameters. */
export type Calls<C extends readonly (readonly [unknown, ...unknown[]])[]> = {
  [I in keyof C]: C[I] extends readonly [infer F extends AnyFunction, ...unknown[]] ? Call<F> : never
}
