import { OptionError, refuseOthers } from '../errors.ts'
import type { Worker } from '../scheduler/worker.ts'

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

/** Puts why the task of that name is killed into a block of its own, for `Jobs.disclose`; its address and length in words. */
export function enclose(
  { jobs, registry: { arena } }: Worker,
  name: string,
  reason: unknown,
): { at: number; length: number } {
  const { writer, heap } = jobs
  writer.begin()
  writer.value(name, 'name')
  writer.thrown(reason)
  const { words, length } = writer
  const at = heap.allocate(length)
  arena.reach(at + length)
  arena.words.set(words.subarray(0, length), at)
  return { at, length }
}
