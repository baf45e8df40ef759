import { LimitError, WorkerLostError } from '../errors.ts'
import { LOST } from './slot.ts'

/** What home makes of an outcome without words. */
export function unsaid(count: number, loss: string): Error {
  if (count === LOST) return new WorkerLostError(loss)
  return new LimitError('The error of a task did not fit into the shared memory', 'Free results before you start more.')
}

/** Puts the stack of the place that waited under the stack of the thread that failed. */
export function graft(error: unknown, stack: string | undefined): unknown {
  if (!(error instanceof Error) || stack === undefined) return error
  const trace = stack.slice(stack.indexOf('\n'))
  try {
    Object.defineProperty(error, 'stack', {
      value: `${error.stack}\n    --- awaited at ---${trace}`,
      configurable: true,
      enumerable: false,
      writable: true,
    })
  } catch {
    // A frozen error keeps the one stack that it has.
  }
  return error
}

export function attach(error: unknown, other: unknown): void {
  if (!(error instanceof Error) || !Object.isExtensible(error)) return
  const carrier = error as Error & { suppressed?: unknown[] }
  if (Array.isArray(carrier.suppressed)) carrier.suppressed.push(other)
  else
    Object.defineProperty(carrier, 'suppressed', {
      value: [other],
      configurable: true,
      enumerable: false,
      writable: true,
    })
}
