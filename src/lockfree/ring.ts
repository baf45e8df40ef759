import type { Arena } from '../memory/arena.ts'
import { exchange, load, replace, store } from '../memory/atomics.ts'

/**
 * A queue of a fixed number of places: many senders, one receiver, one compare-exchange for each send.
 *
 *          taken                 tail (a hint)
 *            v                     v
 *   [ r6 ][ r2 ][ r3 ][ r4 ][ r5 ][ empty, lap 1 ]      places; an index is lap and place: index 6 is place 0 of lap 1
 *
 * A place holds a record (a multiple of 8), or EMPTY with the lap whose record it waits for, or SHUT. A sender fills the first empty place
 * by compare-exchange, which publishes and claims in one step: there is no state between, whoever dies. The receiver empties places for the next
 * lap, in order.
 *
 * ## Invariants
 *
 * - **I1** A place goes from EMPTY of lap n to a record, and from there to EMPTY of lap n + 1 by the receiver alone; from either to SHUT, for good.
 * - **I2** All places before `tail`, a hint that is written plainly, have been filled in its lap.
 * - **I3** The receiver empties a place before it stores the `taken` beyond it.
 *
 * ## Why it is enough
 *
 * *Order.* Whoever fills index i has seen every index from some `tail` to i filled, and all before that tail were (I2). So if a send
 * has ended before another begins, its index is lower.
 *
 * *Full, or filled?* A record found at index i is one of i's lap or of the lap before. `taken` is loaded first: if it is beyond i - n, that place
 * had been emptied before (I3), and the record, read after it, is of i's lap: go on. Else the queue was full at that moment.
 * The other order of the two loads passes over a place that has just become empty, and what is sent behind it is never reached.
 *
 * *No ABA.* EMPTY names its lap, and the exchange compares it. (2^30 sends during one would fool it.)
 *
 * *Shut.* {@link Ring.shut} exchanges every place, in order; who finds SHUT is refused. A sender that was quicker at one place has sent: its
 * record comes out of the exchange, or is received.
 *
 * *Sleep.* The receiver sets `asleep` and looks again; senders fill a place and load it. Senders set `wanted` and try again; the receiver empties
 * and loads it. All atomic, so one of the two sees the other. Who clears the word rings, after it has cleared it:
 * whoever set it before is armed and is rung.
 *
 * Tests: test/lockfree/ring, test/model.
 */
export class Ring {
  readonly #arena: Arena
  readonly #places: number
  readonly #count: number
  /** Indices are below this, and then begin anew. */
  readonly #end: number
  readonly #tail: number
  readonly #taken: number
  readonly #asleep: number
  readonly #wanted: number

  /** `places` is where the `count` words lie; the others are addresses of a word each. */
  constructor(
    arena: Arena,
    places: number,
    count: number,
    at: { readonly tail: number; readonly taken: number; readonly asleep: number; readonly wanted: number },
  ) {
    this.#arena = arena
    this.#places = places
    this.#count = count
    this.#end = count * Math.floor(LAPS / count)
    this.#tail = at.tail
    this.#taken = at.taken
    this.#asleep = at.asleep
    this.#wanted = at.wanted
  }

  /** Nobody else looks. */
  initialise(from = 0): void {
    const { words } = this.#arena
    for (let i = 0; i < this.#count; i++) this.#empty((from + i) % this.#end)
    words[this.#tail] = from
    words[this.#asleep] = words[this.#wanted] = 0
    store(words, this.#taken, from)
  }

  #empty(index: number): void {
    store(this.#arena.words, this.#places + (index % this.#count), this.#emptyOf(index))
  }

  #emptyOf(index: number): number {
    return (((index / this.#count) | 0) << 2) | EMPTY
  }

  #after(index: number): number {
    return index + 1 === this.#end ? 0 : index + 1
  }

  /** How far `index` is ahead of `from`. */
  #ahead(index: number, from: number): number {
    return (index - from + this.#end) % this.#end
  }

  // --- any thread ---------------------------------------------------------------------------------------------------

  /** Puts a record into the first empty place. True: done; follow it by {@link arouse}. */
  push(record: number): boolean | undefined {
    const { words } = this.#arena
    let index = words[this.#tail]!
    for (;;) {
      const at = this.#places + (index % this.#count)
      const empty = this.#emptyOf(index)
      // Plain: the exchange decides.
      if (words[at] === empty && replace(words, at, empty, record)) {
        words[this.#tail] = this.#after(index)
        return true
      }
      const taken = load(words, this.#taken)
      const word = load(words, at)
      if (word === SHUT) return undefined
      if (word === empty) continue
      const ahead = this.#ahead(index, taken)
      // A hint of long ago.
      if (ahead > this.#count) index = taken
      else if (ahead === this.#count) return false
      else index = this.#after(index)
    }
  }

  /** A record was put there. True: the receiver sleeps, and the caller must ring it. */
  arouse(): boolean {
    const { words } = this.#arena
    return load(words, this.#asleep) !== 0 && exchange(words, this.#asleep, 0) !== 0
  }

  /** There was no room: wants to be rung. Arm first, try again after it. */
  want(): void {
    store(this.#arena.words, this.#wanted, 1)
  }

  // --- the receiver, or who shuts -----------------------------------------------------------------------------------

  /** True if the record that is `beyond` so many others can be taken. */
  holds(beyond: number): boolean {
    if (beyond >= this.#count) return false
    const { words } = this.#arena
    // Plain: only the receiver writes it.
    const word = load(words, this.#places + ((words[this.#taken]! + beyond) % this.#count))
    return (word & KIND) === 0
  }

  /** Takes the oldest record; {@link holds} has said that there is one. Its place is empty then. */
  take(): number {
    const { words } = this.#arena
    const index = words[this.#taken]!
    const at = this.#places + (index % this.#count)
    const record = words[at]!
    const next = index + this.#count
    // Shut meanwhile: it stays so.
    replace(words, at, record, this.#emptyOf(next >= this.#end ? next - this.#end : next))
    store(words, this.#taken, this.#after(index))
    this.#arena.reach(record + 8)
    return record
  }

  /** A place was emptied. True: senders wait for it, and the caller must ring them. */
  invite(): boolean {
    const { words } = this.#arena
    return load(words, this.#wanted) !== 0 && exchange(words, this.#wanted, 0) !== 0
  }

  /** Means to sleep. Arm first, look again after it. */
  nap(): void {
    store(this.#arena.words, this.#asleep, 1)
  }

  /** Nothing can be sent any more. Each record that was there and not taken goes to `each`; it may be called again. */
  shut(each: (record: number) => void): void {
    const { words } = this.#arena
    const taken = words[this.#taken]!
    for (let i = 0; i < this.#count; i++) {
      const record = exchange(words, this.#places + ((taken + i) % this.#count), SHUT)
      if ((record & KIND) !== 0) continue
      this.#arena.reach(record + 8)
      each(record)
    }
  }
}

const KIND = 3
const EMPTY = 1
const SHUT = 2
const LAPS = 2 ** 30
