import { ForkError } from '../errors.ts'
import type { Words } from '../memory/atomics.ts'
import { bare, BASE, OUTSIDE_TOP, type SlowPath, type Stack } from './stack.ts'

/** What `stack.slow` is while this thread runs no task. */
export const OUTSIDE: SlowPath = { full: refuse, publish: refuse, join: refuse, admit: refuse }

function refuse(): never {
  throw new ForkError(
    'ERR_FILCH_OUTSIDE_TASK',
    'fork, join and scope work inside a task only. From outside, start one: await run(task, ...args), or runSync(task, ...args).',
  )
}

/** What `stack.want` is then, so that the memory of a pool that has ended is not kept. */
export const UNWANTED: Words = new Int32Array(1)

/** The one private stack of this thread: the fast paths of all its tasks close over it. */
export const stack: Stack = {
  top: OUTSIDE_TOP,
  published: BASE + 1,
  want: UNWANTED,
  seated: false,
  slow: OUTSIDE,
  frames: bare(),
  salt: 0,
}
