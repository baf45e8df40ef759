import { CanceledError } from '../errors.ts'

export function canceled(reason: unknown): CanceledError {
  return new CanceledError('The run was canceled by its signal; `cause` is the reason.', { cause: reason })
}

/** To where uncaught errors go. */
export function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
