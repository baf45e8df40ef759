import type { Words } from '../memory/atomics.ts'

/**
 * The private stack of pending forks of this thread: what makes a fork cost about what a call costs.
 *
 *   frames:  [ sentinel ][ stolen ][ published ][ private ][ private ]   ^ depth
 *                                              ^ published
 *
 * A fork fills the frame at `depth`; the join of the newest, unpublished fork takes it away again and calls the function.
 * No atomic, no allocation, no encoding. Frames are published oldest first, so the published ones (some of them stolen) are
 * always the lowest: `published` is where the private ones begin.
 *
 * A frame's *ticket* is what `fork` returned. The moment that a frame can no longer be joined by the fast path (it was
 * published, or its arguments did not fit the task's parameters), its ticket is inverted: the one comparison that the fast
 * path makes then fails, and the slow path finds out why.
 */
export class Frame {
  ticket: number = UNUSED
  /** Index of the task (tasks.ts). A small integer: storing it needs no write barrier. */
  task = 0
  a0: unknown = undefined
  a1: unknown = undefined
  a2: unknown = undefined
  a3: unknown = undefined
  a4: unknown = undefined
  a5: unknown = undefined
  a6: unknown = undefined
  a7: unknown = undefined
  /** All arguments, where there were more or fewer than the task has parameters; else undefined. */
  rest: readonly unknown[] | undefined = undefined
  /** Slot of a published frame, else 0. */
  slot = 0
}

/** Arguments that a frame holds in fields. A task with more parameters is refused by `task`. */
export const FIELDS = 8
/** Ticket of a frame that was never used, or was swept; no fork returns it, nor its inverse. */
export const UNUSED = -2_147_483_648
/** Tickets count modulo this. */
export const TICKETS = 0x7fffffff

/** What the fast paths fall back to. Outside a task every one of them throws. */
export interface SlowPath {
  /** No room, or not in a task: makes room or throws. */
  full(): void
  /** Somebody wants work: publishes the oldest pending fork. Throws if the run was canceled. */
  publish(): void
  /** Joins whatever the ticket names. */
  join(ticket: number): unknown
  /** An argument that is not a number. */
  admit(value: unknown, position: number): unknown
}

export interface Stack {
  /** Index of the next frame. Frame 0 is a sentinel that no ticket matches. */
  depth: number
  /** Frames there are. Equal to `depth` outside a task, so that one comparison serves both questions. */
  limit: number
  /** First private frame. */
  published: number
  /** Last ticket; also counts the forks. */
  seq: number
  /** The word that says that somebody wants work: `words[want]`. */
  words: Words
  want: number
  slow: SlowPath
  readonly frames: Frame[]
}

/** Makes `frames` hold at least `count`. */
export function extend(frames: Frame[], count: number): void {
  while (frames.length < count) frames.push(new Frame())
}

/** Lets go of the values that frames from `from` on still hold. */
export function sweep(frames: readonly Frame[], from: number): void {
  for (let i = from; i < frames.length && frames[i]!.ticket !== UNUSED; i++) {
    const frame = frames[i]!
    frame.ticket = UNUSED
    frame.a0 = frame.a1 = frame.a2 = frame.a3 = frame.a4 = frame.a5 = frame.a6 = frame.a7 = undefined
    frame.rest = undefined
    frame.slot = 0
  }
}

/** Calls `fn` with what the frame holds. The frame is free before the call begins: the callee's own forks may use it. */
export function invoke(fn: (...args: never[]) => unknown, arity: number, frame: Frame): unknown {
  const f = fn as (...args: unknown[]) => unknown
  const { rest } = frame
  if (rest !== undefined) {
    frame.rest = undefined
    return f(...rest)
  }
  switch (arity) {
    case 0:
      return f()
    case 1:
      return f(frame.a0)
    case 2:
      return f(frame.a0, frame.a1)
    case 3:
      return f(frame.a0, frame.a1, frame.a2)
    case 4:
      return f(frame.a0, frame.a1, frame.a2, frame.a3)
    default:
      return f(...held(frame, arity))
  }
}

/** The arguments a frame holds, as an array. */
export function held(frame: Frame, arity: number): readonly unknown[] {
  if (frame.rest !== undefined) return frame.rest
  const all = [frame.a0, frame.a1, frame.a2, frame.a3, frame.a4, frame.a5, frame.a6, frame.a7]
  all.length = arity
  return all
}
