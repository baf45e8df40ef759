import { ForkError, LimitError, show, TaskError, WorkerLostError } from '../errors.ts'
import { kindOf } from '../wire/kinds.ts'
import { ENVOY, TAG_MASK } from '../wire/tags.ts'
import { LOST } from './slot.ts'

/** What home makes of an outcome without words. */
export function unsaid(count: number, loss: string): Error {
  if (count === LOST) return new WorkerLostError(loss)
  return new LimitError('The error of a task did not fit into the shared memory', 'Free results before you start more.')
}

/** What a join says to what names no pending fork. */
export function notPending(handle: unknown): ForkError {
  if (typeof handle !== 'number') {
    return new ForkError('ERR_FILCH_JOIN', `join got ${show(handle)}. Give it what fork returned.`)
  }
  return new ForkError(
    'ERR_FILCH_JOIN',
    'join got a fork that is not pending here: it was joined already, or abandoned (an older fork of the same worker was ' +
      'joined first), or it was made by another task. Join each fork once, newest first, in the function that made it.',
  )
}

/** Puts the stack of the place that waited under the stack of the thread that failed. */
export function graft(error: unknown, place: { readonly stack?: string | undefined }): unknown {
  try {
    const { stack } = place
    if (!(error instanceof Error) || typeof stack !== 'string') return error
    hide(error, 'stack', `${error.stack}\n    --- awaited at ---${stack.slice(stack.indexOf('\n'))}`)
  } catch {
    // A frozen error keeps the one stack that it has, and so does one whose stack its program makes itself.
  }
  return error
}

/** Adds an error that came second to the one that is on its way, as far as that one can carry it. Does not throw. */
export function attach(error: unknown, other: unknown): void {
  try {
    if (!(error instanceof Error) || !Object.isExtensible(error)) return
    const carrier = error as Error & { suppressed?: unknown[] }
    if (Array.isArray(carrier.suppressed)) carrier.suppressed.push(other)
    else if (!Object.hasOwn(carrier, 'suppressed')) hide(carrier, 'suppressed', [other])
  } catch {
    // A trap, a getter or a frozen array: the error stays as it is, and whoever ends the other forks goes on.
  }
}

function hide(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, configurable: true, enumerable: false, writable: true })
}

export function isThenable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  try {
    // A handle has `then`, and crosses.
    return typeof (value as { then?: unknown }).then === 'function' && (kindOf(value) & TAG_MASK) !== ENVOY
  } catch {
    // A Proxy or a getter that throws: whoever writes the result says what is wrong with it.
    return false
  }
}

export function promised(label: string, promise: unknown): TaskError {
  // Nobody will look at it any more, and a rejection that nobody sees ends the thread.
  if (promise instanceof Promise) promise.catch(() => {})
  return new TaskError(
    'ERR_FILCH_PROMISE',
    `The task ${label} returned a promise. A task runs to its end on one worker; await outside it, ` +
      'or split it into tasks and await their runs.',
  )
}
