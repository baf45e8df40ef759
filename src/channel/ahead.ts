import { type Chain, cellOf, placeOf } from '../lockfree/chain.ts'
import type { Cells } from './cells.ts'

/** Numbers that are read at a time. */
const MOST = 64

/**
 * The receiver's own side of a chain. In a rush of numbers it reads many at a time, ahead of those who ask for them, in one short loop; each
 * of them costs little then. What was read ahead is **still in the queue**: it is taken out ({@link Ahead.settle}) when all of it was had, or when
 * anybody looks at the queue itself, who finds there what nobody has had. So the receiver can move with it.
 *
 * Numbers alone, since a message that is not settled may be read again, or dropped as if nobody had read it: by the repair, if this thread dies.
 * For that, a number has nothing to be freed.
 */
export class Ahead {
  readonly #chain: Chain
  readonly #cells: Cells
  readonly #numbers = new Float64Array(MOST)
  /** How many were had, of how many that were read. */
  #had = 0
  #read = 0

  constructor(chain: Chain, cells: Cells) {
    this.#chain = chain
    this.#cells = cells
  }

  /** There is a number that was read and nobody has had. */
  get some(): boolean {
    return this.#had < this.#read
  }

  /** The oldest of them. */
  next(): number {
    return this.#numbers[this.#had++]!
  }

  /** All that was had is taken out of the queue, and the rest not read. */
  settle(): void {
    for (let had = this.#had; had > 0;) {
      const before = cellOf(this.#chain.taken)
      had -= this.#chain.takeSome(had)
      if (cellOf(this.#chain.taken) !== before) this.#cells.free(before)
    }
    this.#had = this.#read = 0
  }

  /** Takes the oldest message out; the cell of the one before it, if that is another, is of no use any more. */
  advance(): number {
    const before = cellOf(this.#chain.taken)
    const message = this.#chain.take()
    if (cellOf(message) !== before) this.#cells.free(before)
    return message
  }

  /** The oldest message of `linked` that are there, all settled. */
  take(linked: number): unknown {
    return linked > 1 && this.#fetch(Math.min(linked, MOST)) ? this.next() : this.#cells.read(this.advance())
  }

  #fetch(most: number): boolean {
    const chain = this.#chain
    let read = 0
    for (let message = chain.taken; read < most;) {
      message = chain.after(message)
      const last = chain.lastBeside(message)
      const count = Math.min(placeOf(last) - placeOf(message) + 1, most - read)
      if (!this.#cells.numbers(message, count, this.#numbers, read)) break
      read += count
      message = last
    }
    this.#read = read
    return read > 0
  }

  /** Another was the receiver, or nobody has been yet. */
  attach(): void {
    this.#had = this.#read = 0
    this.#chain.attach()
  }
}
