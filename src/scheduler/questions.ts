import { load } from '../memory/atomics.ts'
import { ASKED, type Registry } from './registry.ts'
import { roomy } from './room.ts'

/** Threads that lack a shared buffer ask all others; this is the part of one that answers. */
export class Questions {
  /** Set by the platform. */
  answer: () => void = () => {}
  /** The count of questions when this seat last answered; at first it equals none. */
  #answered = NaN

  /** Somebody has asked since then: looked at between announcing sleep and sleeping. */
  open({ arena, control }: Registry): boolean {
    return load(arena.words, control + ASKED) !== this.#answered
  }

  /** Answers if anybody has asked since the last time. Plain: a hint, and whoever asks has rung all bells. */
  attend({ arena, control }: Registry): void {
    const asked = arena.words[control + ASKED]!
    // A question that is read and not answered is lost.
    if (asked === this.#answered || !roomy()) return
    this.#answered = asked
    this.answer()
  }
}
