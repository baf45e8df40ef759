import { type Arena, GRANULE } from '../memory/arena.ts'
import { exchange, load, replace } from '../memory/atomics.ts'

/**
 * Records of one size for one seat: allocated by the seat's own thread, freed by any.
 *
 *   free    --> record --> record --> 0      the owner's: plain words, no atomic to allocate or to free at home
 *   remote  --> record --> 0                 freed by other threads (as in a mailbox: pushed one by one, taken all at once)
 *
 * (The division of labour is that of mimalloc's thread-free list: Leijen, Zorn, de Moura, ISMM 2019.)
 *
 * ## Invariants
 *
 * - **I1** `free` and the links on it are read and written by the owner alone. They live in shared words only so that
 *   whoever takes over the seat of a dead thread inherits them.
 * - **I2** A record is on at most one list. What is on none is in use, or was lost by a thread that died between taking it
 *   and writing its ref anywhere: {@link Slab.rebuild} finds those.
 *
 * Remote frees need no ABA protection: a pusher never follows a link, and the owner takes the whole list by one exchange.
 * Generations are the record's own affair (scheduler/slot.ts). Tests: test/lockfree/slab.
 */
export class Slab {
  static readonly words = 2

  readonly #arena: Arena
  readonly #free: number
  readonly #remote: number
  readonly #link: number
  /** Words in a record. */
  readonly size: number
  readonly #chunk: number

  /**
   * Views the two list heads at `at` (zero is empty). `link` is the word of a record that may hold a link while it is
   * free; `chunk` is how many records are carved from the arena at a time.
   */
  constructor(arena: Arena, at: number, size: number, link: number, chunk: number) {
    if ((size * chunk) % GRANULE !== 0)
      throw new RangeError(`${chunk} records of ${size} words are not a whole number of granules`)
    this.#arena = arena
    this.#free = at
    this.#remote = at + 1
    this.#link = link
    this.size = size
    this.#chunk = chunk
  }

  // --- owner only ---------------------------------------------------------------------------------------------------

  /** Takes a record. `prepare` is called once in the life of each, before it is first used. */
  allocate(prepare: (record: number) => void): number {
    const words = this.#arena.words
    let record = words[this.#free]!
    if (record === 0) {
      // The plain look is a hint: a remote free that it misses is found the next time.
      record = words[this.#remote] === 0 ? 0 : exchange(words, this.#remote, 0)
      if (record === 0) record = this.#carve(prepare)
      this.#arena.reach(record + this.size)
    }
    this.#arena.words[this.#free] = this.#arena.words[record + this.#link]!
    return record
  }

  /** Gives a record of this slab back, at home. */
  free(record: number): void {
    const words = this.#arena.words
    words[record + this.#link] = words[this.#free]!
    words[this.#free] = record
  }

  #carve(prepare: (record: number) => void): number {
    const first = this.#arena.allocate(this.size * this.#chunk)
    const words = this.#arena.words
    for (let i = 0; i < this.#chunk; i++) {
      const record = first + i * this.size
      words[record + this.#link] = i + 1 < this.#chunk ? record + this.size : 0
      prepare(record)
    }
    return first
  }

  // --- any thread ---------------------------------------------------------------------------------------------------

  /** Gives a record back to the seat whose slab this views. Its first exchange publishes what was written to the record. */
  freeRemotely(record: number): void {
    this.freeAll(record, record)
  }

  /** The same of several, linked from the `first` to the `last`. */
  freeAll(first: number, last: number): void {
    for (;;) {
      const words = this.#arena.words
      const head = load(words, this.#remote)
      words[last + this.#link] = head
      if (replace(words, this.#remote, head, first)) return
    }
  }

  // --- whoever repairs, with the owner dead -------------------------------------------------------------------------

  /** The records on the owner's list. */
  *atHome(): Generator<number> {
    for (let record = this.#arena.words[this.#free]!; record !== 0;) {
      yield record
      // The owner has seen more of the memory than whoever mends.
      this.#arena.reach(record + this.size)
      record = this.#arena.words[record + this.#link]!
    }
  }

  /**
   * Makes the owner's list anew from these records. The other list stays: whoever frees a record of this slab at the same time may be
   * between his two steps, so what he frees must be told from what nobody has, and is not among `records`.
   */
  rebuild(records: Iterable<number>): void {
    const words = this.#arena.words
    words[this.#free] = 0
    for (const record of records) this.free(record)
  }
}
