/**
 * Every error that filch itself raises. Each has a `code` that does not change between versions, says what was received
 * and what to do about it. Errors thrown by a task are the task's own and pass through with their class.
 *
 * @example
 * ```ts
 * import { fork, task, FilchError } from 'filch'
 * import { equal } from 'node:assert/strict'
 *
 * const twice = task((n: number) => 2 * n)
 * try {
 *   fork(twice, 21) // not inside a task
 * } catch (error) {
 *   equal(error instanceof FilchError && error.code, 'ERR_FILCH_OUTSIDE_TASK')
 * }
 * ```
 */
export class FilchError extends Error {
  /** Stable, machine readable: `ERR_FILCH_…`. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    // Not an own enumerable property, so that a structured dump shows the data (code, path) and not the name twice.
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true, writable: true })
  }
}

/** A value that cannot cross threads was given to a fork, a run or returned by a task. `path` says where it sits. */
export class NotSendableError extends FilchError {
  /** Where the value was found: `args[0].user.save`, `result`. */
  readonly path: string

  constructor(path: string, what: string, hint: string) {
    super('ERR_FILCH_NOT_SENDABLE', `${path} is ${what}. ${hint}`)
    this.path = path
  }
}

/** Shared words that no writer wrote: memory was overwritten by a task, or two versions of filch share a pool. */
export class CorruptError extends FilchError {
  constructor(what: string) {
    super('ERR_FILCH_CORRUPT', `Shared memory does not hold what filch wrote there: ${what}.`)
  }
}

/** An option, an argument or an environment variable has a value that filch cannot use. */
export class OptionError extends FilchError {
  constructor(what: string, received: unknown, hint: string) {
    super('ERR_FILCH_OPTION', `${what} is ${show(received)}. ${hint}`)
  }
}

/** Throws if `options` has a property that is not among `names`. */
export function refuseOthers(
  what: string,
  options: object,
  names: readonly string[],
  hint: string = `There are: ${names.join(', ')}.`,
): void {
  for (const name of Object.keys(options)) if (!names.includes(name)) throw new OptionError(what, name, hint)
}

/** The function is not a task, or cannot be one. */
export class TaskError extends FilchError {}

/** `fork`, `join`, `scope` and their like were called where they cannot work, or in an order that cannot work. */
export class ForkError extends FilchError {}

/** The pool is closing or closed. What was submitted has not run; arguments are still the caller's. */
export class PoolClosedError extends FilchError {
  constructor(name: string) {
    super('ERR_FILCH_CLOSED', `${name} is closed. Make a new Pool, or close this one later.`)
  }
}

/** The thread that ran the job ended: `process.exit()` in a task, out of memory, a crash. Another one has taken its place. */
export class WorkerLostError extends FilchError {
  constructor(why: string) {
    super('ERR_FILCH_WORKER_LOST', `The worker that ran this task is gone: ${why}. The pool goes on with a new one.`)
  }
}

/** The run was canceled by its signal or ran out of its time. `cause` holds the signal's reason. */
export class CanceledError extends FilchError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_FILCH_CANCELED', message, options)
  }
}

/** The task was killed: by its handle, or because the task that it belongs to ended early. */
export class KilledError extends FilchError {
  /** What was given to `kill`, or the error with which its parent ended. */
  readonly reason: unknown

  constructor(task: string, reason: unknown) {
    super('ERR_FILCH_KILLED', `The task ${task} was killed; \`reason\` says why.`)
    this.reason = reason
  }
}

/** Nobody is on the other side of the channel: no receiver for what was sent, no sender for what was awaited. */
export class DisconnectedError extends FilchError {
  /** What could not be sent. */
  readonly value: unknown

  constructor(message: string, value: unknown) {
    super('ERR_FILCH_DISCONNECTED', message)
    this.value = value
  }
}

/** A bound was reached: shared memory, the number of tasks, pending forks. */
export class LimitError extends FilchError {
  constructor(what: string, hint: string) {
    super('ERR_FILCH_LIMIT', `${what}. ${hint}`)
  }
}

/** A short, safe rendering of whatever was received, for error messages. */
export function show(value: unknown): string {
  try {
    if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
    if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`
    if (typeof value === 'object' && value !== null) return `an object (${value.constructor?.name ?? 'no prototype'})`
    if (typeof value === 'bigint') return `${value}n`
    return String(value)
  } catch {
    return 'a value that cannot be shown'
  }
}
