import type { Op, World } from './world.ts'

/** A step, and whose: `count + i` is the buffer of thread i. */
export interface Move {
  readonly process: number
  readonly op: Op
}

/** True if the step may change what another step on the same word does. Waits and notifications change who sleeps there. */
export function isWrite({ kind }: Op): boolean {
  return kind !== 'read' && kind !== 'load'
}

/** True of a write into a buffer: nobody else's business until it is let through. */
export function isLocal({ kind }: Op, { limits }: World): boolean {
  return kind === 'write' && limits.buffered
}

/** True of a thread and its own buffer. What it reads, it reads from the buffer or, once that was let through, from memory. */
export function isOwn(a: number, b: number, { threads }: World): boolean {
  return Math.abs(a - b) === threads.length
}

/** True if it comes to the same in which order two processes take these steps. */
export function independent(a: Move, b: Move, world: World): boolean {
  return (
    a.op.at !== b.op.at ||
    !(isWrite(a.op) || isWrite(b.op)) ||
    isLocal(a.op, world) ||
    isLocal(b.op, world) ||
    isOwn(a.process, b.process, world)
  )
}
