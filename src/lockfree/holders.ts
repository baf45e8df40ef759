import type { Arena } from '../memory/arena.ts'
import { add, and, load, or } from '../memory/atomics.ts'

/**
 * Who still holds a thing that is held by many: a bit for each seat, and how many holds are on their way in messages.
 *
 *   seats    one bit each: some object on that seat holds it      (32 seats a word)
 *   flight   holds that were sent and have not arrived
 *   moves    counts up after each step by which somebody came to hold it
 *
 * How many objects of its own hold it is a seat's own matter, in its own memory: the bit is what others need, and what can be taken
 * from a dead seat by one thread in one step ({@link Holders.bury}).
 *
 * ## Invariants
 *
 * - **I1** A seat's bit is set and cleared by its own thread, or by the repair once that is dead.
 * - **I2** Nobody comes to hold it but from somebody who holds it: a seat sends only what it holds, and what arrives was in flight.
 * - **I3** A step that makes a hold (a bit set, `flight` up) is followed by a step of `moves`, before the hold that it came from may end.
 *
 * ## Why nobody's hold is overlooked
 *
 * The words are read one after the other, so a hold could pass from one that is read late to one that was read early. {@link Holders.none} therefore
 * reads `moves` before and after, and believes what it saw only if they are equal. Suppose it did, all words were zero when they were read, and
 * there is a hold at the end. Its word was zero when read, so the hold was made after that; the hold that it came from was still there then, and could
 * end only after a step of `moves`, which has not been taken by the second reading: so it is there as well. It was made earlier. The same
 * holds of it, and so on without end, which cannot be.
 *
 * *Deaths.* A thread that dies between counting up `flight` and sending leaves a hold in flight for ever: nobody can know that it was not
 * sent. The thing is then never given up, which loses its memory and no more than that; who waits for its end waits on. The same if it dies between reading
 * a message and counting down.
 *
 * Tests: test/lockfree/holders, test/model.
 */
export class Holders {
  readonly #arena: Arena
  readonly #seats: number
  readonly #groups: number
  readonly #flight: number
  readonly #moves: number

  static groups(seats: number): number {
    return Math.ceil(seats / 32)
  }

  /** `seats` is the first of `groups` words; zeroed words: nobody. */
  constructor(arena: Arena, seats: number, groups: number, flight: number, moves: number) {
    this.#arena = arena
    this.#seats = seats
    this.#groups = groups
    this.#flight = flight
    this.#moves = moves
  }

  /** A seat comes to hold it, which did not. */
  join(seat: number): void {
    const { words } = this.#arena
    or(words, this.#seats + (seat >> 5), 1 << (seat & 31))
    add(words, this.#moves, 1)
  }

  /** A seat does not hold it any more. True if nobody does. */
  leave(seat: number): boolean {
    and(this.#arena.words, this.#seats + (seat >> 5), ~(1 << (seat & 31)))
    return this.none()
  }

  /** A seat that holds it sends it. */
  depart(): void {
    const { words } = this.#arena
    add(words, this.#flight, 1)
    add(words, this.#moves, 1)
  }

  /** What was sent has arrived, after {@link join} of its seat; or will not. True if nobody holds it any more, which cannot be in the first case. */
  arrive(): boolean {
    add(this.#arena.words, this.#flight, -1)
    return this.none()
  }

  /** The repair: that seat's thread is gone. True if it held it and nobody does any more. */
  bury(seat: number): boolean {
    const bit = 1 << (seat & 31)
    const before = and(this.#arena.words, this.#seats + (seat >> 5), ~bit)
    return (before & bit) !== 0 && this.none()
  }

  none(): boolean {
    const { words } = this.#arena
    for (;;) {
      const moves = load(words, this.#moves)
      if (load(words, this.#flight) !== 0) return false
      for (let i = 0; i < this.#groups; i++) if (load(words, this.#seats + i) !== 0) return false
      if (load(words, this.#moves) === moves) return true
    }
  }
}
