import type { Arena } from '../memory/arena.ts'
import { load, replace } from '../memory/atomics.ts'
import { ANSWER, type Cells } from './cells.ts'

/**
 * A rendezvous: what a cell offers is taken by the receiver or taken back by its sender, which one word decides, the *answer*, that sender
 * and receiver exchange once: OFFERED -> TAKEN | WITHDRAWN | refused.
 *
 * The answer is a cell of its own, since the offering one stays in the queue when its sender has gone. Whoever comes second frees it: the sender, who
 * finds it TAKEN or refused, or the receiver, who finds it WITHDRAWN. If one dies between, the cell is lost to its seat.
 */
const REFUSED = 0
const OFFERED = 1
const TAKEN = 2
const WITHDRAWN = 3
/** In a cell's ANSWER: it was withdrawn, and the receiver knows. */
const VOID = -1

export class Offers {
  readonly #arena: Arena
  readonly #cells: Cells

  constructor(arena: Arena, cells: Cells) {
    this.#arena = arena
    this.#cells = cells
  }

  // --- the sender ---------------------------------------------------------------------------------------------------

  /** An answer for a filled cell that is not in the queue yet. */
  make(cell: number): number {
    const answer = this.#cells.blank()
    const { words } = this.#arena
    words[cell + ANSWER] = answer
    words[answer] = OFFERED
    return answer
  }

  /** True: taken; false: not yet; undefined: refused. The answer is gone if it is not false. */
  answered(answer: number): boolean | undefined {
    const word = load(this.#arena.words, answer)
    if (word === OFFERED) return false
    this.#cells.free(answer)
    return word === TAKEN ? true : undefined
  }

  /** False: too late, it has been answered. Else the answer is the receiver's, which finds it withdrawn. */
  withdraw(answer: number): boolean {
    return replace(this.#arena.words, answer, OFFERED, WITHDRAWN)
  }

  // --- the receiver -------------------------------------------------------------------------------------------------

  /** Takes what a cell offers: ring the senders. False: it was withdrawn. A cell without an answer was given to a sleeper. */
  accept(cell: number): boolean {
    return this.#answer(cell, TAKEN, 0, VOID)
  }

  /** The same, if nobody will take it. */
  refuse(cell: number): void {
    this.#answer(cell, REFUSED, 0, 0)
  }

  #answer(cell: number, word: number, then: number, otherwise: number): boolean {
    const answer = this.#arena.words[cell + ANSWER]!
    if (answer <= 0) return answer === 0
    this.#arena.reach(answer + 8)
    const { words } = this.#arena
    const first = replace(words, answer, OFFERED, word)
    words[cell + ANSWER] = first ? then : otherwise
    if (!first) this.#cells.free(answer)
    return first
  }

  isVoid(cell: number): boolean {
    return this.#arena.words[cell + ANSWER] === VOID
  }
}
