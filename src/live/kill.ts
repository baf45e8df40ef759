import { OptionError, refuseOthers } from '../errors.ts'

/** How a task is killed. */
export interface KillOptions {
  /** If it does not end by itself, end its thread. Default: false. */
  readonly force?: boolean
}

const KILL_NAMES = ['force']

export function checkedKill(options: KillOptions): KillOptions {
  if (typeof options !== 'object' || options === null) throw new OptionError('options', options, 'Give an object.')
  refuseOthers('An option of kill', options, KILL_NAMES)
  return options
}
