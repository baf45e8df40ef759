import { CanceledError, OptionError } from '../errors.ts'
import { currentWorker } from '../scheduler/worker.ts'
import type { Handle } from './handle.ts'

/** What ends a task from outside. */
export interface Deadline {
  /** Kills it, with the signal's reason. Only in the thread that made the pool. */
  readonly signal?: AbortSignal
  /** Kills it after so many milliseconds, at most 2147483647. Only in the thread that made the pool. */
  readonly timeout?: number
}

const LONGEST = 2 ** 31 - 1

export function checkDeadline({ signal, timeout }: Deadline): void {
  if (signal === undefined && timeout === undefined) return
  if (currentWorker() !== undefined) {
    const what = signal === undefined ? 'timeout' : 'signal'
    throw new OptionError(
      what,
      signal ?? timeout,
      'It works in the thread that made the pool: a task kills what it has spawned.',
    )
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new OptionError('signal', signal, 'Give an AbortSignal.')
  }
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout >= 0 && timeout <= LONGEST)) {
    throw new OptionError('timeout', timeout, `Give a number of milliseconds from 0 to ${LONGEST}.`)
  }
}

/** Kills the task when its time has come. */
export function keepDeadline(handle: Handle<unknown>, { signal, timeout }: Deadline): void {
  if (signal === undefined && timeout === undefined) return
  const abort = (): void => handle.kill(signal!.reason)
  if (signal?.aborted === true) return abort()
  signal?.addEventListener('abort', abort, { once: true })
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => {
          handle.kill(new CanceledError(`The task ${handle.name} did not end within its timeout of ${timeout} ms.`))
        }, timeout)
  handle.onEnd(() => {
    signal?.removeEventListener('abort', abort)
    clearTimeout(timer)
  })
}
