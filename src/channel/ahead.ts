import type { Chain } from '../lockfree/chain.ts'
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
    for (let had = this.#had; had > 0; had--) this.advance()
    this.#had = this.#read = 0
  }

  /** Takes the oldest cell out; the one that was taken before it is of no use any more. */
  advance(): number {
    const before = this.#chain.taken
    const cell = this.#chain.take()
    this.#cells.free(before)
    return cell
  }

  /** The oldest message of `linked` that are there, all settled. */
  take(linked: number): unknown {
    return linked > 1 && this.#fetch(Math.min(linked, MOST)) ? this.next() : this.#cells.read(this.advance())
  }

  #fetch(most: number): boolean {
    let cell = this.#chain.taken
    let read = 0
    while (read < most) {
      cell = this.#chain.after(cell)
      const number = this.#cells.number(cell)
      if (number === undefined) break
      this.#numbers[read++] = number
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
