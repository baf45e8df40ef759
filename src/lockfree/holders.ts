import type { Arena } from '../memory/arena.ts'
import { add, and, load, or } from '../memory/atomics.ts'

/**
 * Who still holds a thing that is held by many: a bit for each seat, and how many holds are on their way in messages.
 *
 *   seats    one bit each: some object on that seat holds it      (32 seats a word)
 *   flight   holds that were sent and have not arrived
 *   moves    counts up after each sending
 *
 * How many objects of its own hold it is a seat's own matter, in its own memory: the bit is what others need, and what can be taken
 * from a dead seat by one thread in one step ({@link Holders.bury}).
 *
 * ## Invariants
 *
 * - **I1** A seat's bit is set and cleared by its own thread, or by the repair once that is dead.
 * - **I2** Nobody comes to hold it but from somebody who holds it: a seat sends only what it holds, and what arrives was in flight.
 * - **I3** Who sends counts up `flight`, then `moves`, then sends; and lets go of its own hold, if it does, after that.
 *
 * ## Why nobody's hold is overlooked
 *
 * The words are read one after the other, so a hold could pass from one that is read late to one that was read early. {@link Holders.none} therefore
 * reads `moves` before and after, and believes what it saw only if they are equal, and it reads `flight` first. Suppose it did, and all were zero.
 *
 * A seat that came to hold after its word was read has received what was in flight, and that was not in flight when `flight` was read, so it was
 * sent after that, and `moves` counted before it could arrive (I3): the second reading would differ. A hold that was counted in flight after `flight` was
 * read, and is not counted in `moves` yet, came from a seat that still holds: whose word was read as zero, so that it came to hold later, which was
 * just refuted. So there is none.
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
    or(this.#arena.words, this.#seats + (seat >> 5), 1 << (seat & 31))
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

  /** The repair: that seat's thread is gone. True if nobody holds it (any more: the dead one may have let go, and not looked). */
  bury(seat: number): boolean {
    return this.leave(seat)
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
