import { type Chain, placeAfter, placeOf, REFUSED, SENT } from '../lockfree/chain.ts'
import { Cells } from './cells.ts'

/** The senders' side of a chain, on one seat. Numbers that follow each other share a cell: as many as fit, or until somebody else has sent. */
export class Outbox {
  readonly #chain: Chain
  readonly #cells: Cells
  /** The message that was sent last from here, and how many such its cell has room for. */
  #last = 0
  #places = 1

  constructor(chain: Chain, cells: Cells) {
    this.#chain = chain
    this.#cells = cells
  }

  /** Sends a value; answers as {@link Chain.push}. Throws if it cannot cross. */
  push(value: unknown): number {
    const last = this.#last
    const places = Cells.places(value)
    if (places === this.#places && placeOf(last) + 1 < places && this.#chain.endsWith(last)) {
      const message = placeAfter(last)
      this.#cells.put(message, value as number)
      if (this.#chain.extend(last)) {
        this.#last = message
        return SENT
      }
    }
    const cell = this.#cells.fill(value)
    const answer = this.#chain.push(cell)
    if (answer === REFUSED) this.#cells.undo(cell)
    else {
      this.#last = cell
      this.#places = places
    }
    return answer
  }
}
