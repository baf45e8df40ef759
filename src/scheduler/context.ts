import { ForkError } from '../errors.ts'
import { Frame, type SlowPath, type Stack } from './stack.ts'

/** What `stack.slow` is while this thread runs no task. */
export const OUTSIDE: SlowPath = { full: refuse, publish: refuse, join: refuse, admit: refuse }

function refuse(): never {
  throw new ForkError(
    'ERR_FILCH_OUTSIDE_TASK',
    'fork, join and scope work inside a task only. From outside, start one: await run(task, ...args), or runSync(task, ...args).',
  )
}

/** Stands for the top of the stack while no task runs: a fork finds no next frame, a join no ticket. */
export const NOWHERE: Frame = new Frame(0, null, 0)
// No task has this index, so the fast path of a join does not step back from here, whatever number it was given.
NOWHERE.task = -1

/** The one private stack of this thread: the fast paths of all its tasks close over it. */
export const stack: Stack = {
  top: NOWHERE,
  published: 1,
  want: new Int32Array(1),
  slow: OUTSIDE,
  frames: [new Frame(0, null, 0)],
  salt: 0,
}
stack.frames[0]!.task = -1
