import { LimitError } from '../errors.ts'
import type { Words } from '../memory/atomics.ts'

/**
 * The private stack of pending forks of this thread: what makes a fork cost about what a call costs.
 *
 *   frames:  [ outside | null | base | stolen | published | private | private | unused | … | null ]
 *                                                         ^ published         ^ top
 *
 * A fork fills the frame after `top`; the join of the newest, unpublished fork steps back and calls the function: no
 * atomic, no allocation, no encoding. `top` is an index and no reference to a frame: what a store of a reference costs is up to
 * the garbage collector, and can treble the cost of a fork for as long as it pleases (ADR 0003). Frames are published oldest
 * first, so the published ones (some of them stolen) are always the lowest: `published` is the index where the private
 * ones begin. Outside a task `top` is {@link OUTSIDE_TOP}: a fork finds no frame after it, a join a frame of no task.
 *
 * A frame has a *ticket*; each use of the frame counts it up, so an old one does not fit. What `fork` returns, the *handle*,
 * is the ticket under the {@link seal} of the task, so the handle of another task's fork does not fit either. The moment
 * that a frame can no longer be joined by the fast path (it was published, or its arguments did not fit the task's
 * parameters), its ticket is inverted: the one comparison of the fast path then fails, and the slow path finds out why.
 * Whoever takes such a frame off the stack turns the ticket back.
 */
export class Frame {
  readonly index: number
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
  constructor(index: number, salt: number) {
    this.index = index
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
  /** Joins whatever the handle names. */
  join(handle: number): unknown
  /** An argument that is not a number. */
  admit(value: unknown, position: number): unknown
}

export interface Stack {
  /** Index of the newest pending fork; {@link BASE} if there is none; {@link OUTSIDE_TOP} outside a task. */
  top: number
  /** Index of the first private frame. */
  published: number
  /** A view of one word, which says that somebody wants work. */
  want: Words
  /** This thread sits in one seat for life: `want` does not change any more. */
  seated: boolean
  slow: SlowPath
  /** All frames, by index, with a null after the last. No fork is ever at {@link OUTSIDE_TOP} or at {@link BASE}. */
  readonly frames: (Frame | null)[]
  salt: number
}

/** What distinguishes the handles of a task from those of others: small, because it stands in the text of its pair. */
export function seal(task: number): number {
  return Math.imul(task + 1, 0x9e37) & 0x7fff
}

/** What the fork in this frame returned, also once its ticket is inverted. */
export function handleOf({ ticket, task }: Frame): number {
  return (ticket < 0 ? ~ticket : ticket) ^ seal(task)
}

/** Where `top` stands outside a task. */
export const OUTSIDE_TOP = 0
/** Where `top` stands with no fork pending. */
export const BASE = 2

/** The frames of a thread that has forked nothing yet. No handle opens a negative ticket, so no join takes one of these. */
export function bare(): (Frame | null)[] {
  const frames = [new Frame(OUTSIDE_TOP, 0), null, new Frame(BASE, 0), null]
  frames[OUTSIDE_TOP]!.ticket = frames[BASE]!.ticket = -1
  return frames
}

/** Pending forks of one worker, its nested jobs included. */
const MOST_FRAMES = 1 << 20
const FIRST_FRAMES = 1024

/**
 * Adds frames, as many as there are; returns the first of them. The stack may end in here: until the old null gives way, by a store, nobody
 * looks beyond it, and the next attempt begins there.
 */
export function extend({ frames, salt }: Stack, count: number = Math.max(FIRST_FRAMES, frames.length)): Frame {
  if (frames.length >= MOST_FRAMES) {
    throw new LimitError(
      `${MOST_FRAMES} forks are pending on one worker`,
      'Join some before you fork more, or fork ranges.',
    )
  }
  const end = frames.lastIndexOf(null)
  const first = new Frame(end, salt)
  frames.length = end + 1
  for (let i = 1; i < count; i++) frames.push(new Frame(end + i, salt))
  frames.push(null)
  frames[end] = first
  return first
}

/** Between jobs: lets go of the values that used frames still hold, and returns how many forks there were since the last time. */
export function sweep(frames: readonly (Frame | null)[]): number {
  let forks = 0
  for (let i = BASE + 1; ; i++) {
    const frame = frames[i]!
    if (frame === null || frame.ticket === frame.counted) return forks
    forks += (frame.ticket - frame.counted) & TICKETS
    frame.counted = frame.ticket
    frame.a0 = frame.a1 = frame.a2 = frame.a3 = frame.a4 = frame.a5 = frame.a6 = frame.a7 = undefined
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
