import type { Words } from '../memory/atomics.ts'

/**
 * The private stack of pending forks of this thread: what makes a fork cost about what a call costs.
 *
 *   frames:  [ base ]<->[ stolen ]<->[ published ]<->[ private ]<->[ private ]<->[ unused ] … null
 *                                                 ^ published      ^ top
 *
 * A fork fills the frame after `top`; the join of the newest, unpublished fork steps back and calls the function: no
 * atomic, no allocation, no encoding. The frames are linked, because following two links measured faster than counting a depth
 * and indexing (1.3 against 1.45 times the plain recursion). Frames are published oldest first, so the published ones (some of
 * them stolen) are always the lowest: `published` is the index where the private ones begin.
 *
 * A frame's *ticket* is what `fork` returned; each use of a frame counts it up, so an old ticket does not fit. The moment
 * that a frame can no longer be joined by the fast path (it was published, or its arguments did not fit the task's
 * parameters), its ticket is inverted: the one comparison of the fast path then fails, and the slow path finds out why.
 * Whoever takes such a frame off the stack turns the ticket back.
 */
export class Frame {
  readonly index: number
  readonly prev: Frame | null
  next: Frame | null = null
  ticket: number
  /** The ticket when the forks were last counted. */
  counted: number
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

  /** `salt` differs between the threads of a pool, so that a fork that strayed to another worker fits no frame there. */
  constructor(index: number, prev: Frame | null, salt: number) {
    this.index = index
    this.prev = prev
    this.ticket = this.counted = Math.imul(index + salt * 7919, 0x9e3779b1) & TICKETS
  }
}

/** Arguments that a frame holds in fields. A task with more parameters is refused by `task`. */
export const FIELDS = 8
/** Tickets count modulo this. */
export const TICKETS = 0x7fffffff

/** What the fast paths fall back to. Outside a task every one of them throws. */
export interface SlowPath {
  /** There is no next frame, or this is no task: makes one, or throws. */
  full(): Frame
  /** Somebody wants work: publishes the oldest pending fork. Throws if the run was canceled. */
  publish(): void
  /** Joins whatever the ticket names. */
  join(ticket: number): unknown
  /** An argument that is not a number. */
  admit(value: unknown, position: number): unknown
}

export interface Stack {
  /** The newest pending fork; the base frame if there is none; outside a task a frame that has no next one. */
  top: Frame
  /** Index of the first private frame. */
  published: number
  /** A view of one word, which says that somebody wants work. */
  want: Words
  slow: SlowPath
  /** All frames, by index. The first is the base: no fork is ever there. */
  readonly frames: Frame[]
  salt: number
}

/** Doubles the frames; returns the first new one. */
export function extend(stack: Stack, count: number): Frame {
  const { frames, salt } = stack
  let last = frames.at(-1)!
  const first = frames.length
  for (let i = 0; i < count; i++) {
    const frame = new Frame(last.index + 1, last, salt)
    last.next = frame
    frames.push(frame)
    last = frame
  }
  return frames[first]!
}

/** Between jobs: lets go of the values that used frames still hold, and returns how many forks there were since the last time. */
export function sweep(frames: readonly Frame[]): number {
  let forks = 0
  for (let i = 1; i < frames.length && frames[i]!.ticket !== frames[i]!.counted; i++) {
    const frame = frames[i]!
    forks += (frame.ticket - frame.counted) & TICKETS
    frame.counted = frame.ticket
    frame.a0 = frame.a1 = frame.a2 = frame.a3 = frame.a4 = frame.a5 = frame.a6 = frame.a7 = undefined
  }
  return forks
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
