import { type InLine, Line } from './line.ts'

/** What somebody waits for, as far as those need to know who bring it. */
export interface Awaited {
  /** Tries to have it. True if it is over. */
  poll(): boolean
  /** {@link poll} has said so. */
  readonly over: boolean
  /** @internal It is that wait, or chooses among several of which that is one. */
  covers(wait: object): boolean
  /** What tells that trying again may be worth while. */
  readonly watches: readonly Watch[]
  /** @internal How often its only watch had been rung when it last looked in vain, if that was armed then; else -1, and it looks again. */
  readonly seen: number
}

/** Whoever waits: a suspended task, a promise. */
export interface Waiting extends InLine {
  readonly wait: Awaited
  /** What it waited for is there. */
  resume(): void
}

/** Who waits for one thing on one seat, in the order of their coming. */
export class Watch {
  /** Head of the thing's list of subscriptions; 0 if this seat is told without one. */
  readonly head: number
  /** This seat's subscription; 0 until somebody has waited. */
  subscription = 0
  /** It is armed, or has been rung since and is in the mail: it is armed again then if anybody waits. */
  armed = false
  /** How often it was rung. */
  rings = 0
  readonly waiting: Line<Waiting> = new Line()
  /** The watches of whatever waits for this alone: made once, since a million tasks may wait for one thing. */
  readonly alone: readonly Watch[] = [this]

  constructor(head: number) {
    this.head = head
  }
}
