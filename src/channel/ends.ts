import { DisconnectedError, FilchError } from '../errors.ts'
import type { Belonging } from '../scheduler/belongings.ts'
import type { Station } from './station.ts'

/** The current task, if there is one, lets go of an end when it ends. */
export function hold<E extends Belonging>(end: E, { worker }: Station): E {
  if (worker.root !== 0) worker.lodging.keep(end)
  return end
}

export function disconnected(value: unknown): DisconnectedError {
  return new DisconnectedError('There is no receiver any more; `value` is what could not be sent.', value)
}

export function ended(): DisconnectedError {
  return new DisconnectedError('All senders of the channel are gone, and everything was received.', undefined)
}

export function unusable(what: string, why: string): FilchError {
  return new FilchError('ERR_FILCH_CHANNEL', `This ${what} was closed, ${why}`)
}
