import { load, replace, store, type Words } from '../memory/atomics.ts'
import { layout, LINE } from '../memory/layout.ts'

/**
 * A bounded work-stealing deque of job refs (after Chase & Lev, SPAA 2005), in shared words.
 *
 *               top                              bottom
 *                |                                 |
 *   thieves  --> [ 17 ][ xx ][ 19 ][ 20 ][ xx ]    v   <-- push()   the owner only
 *                        \____ dead ____/
 *
 * The owner adds at the bottom. Thieves work at the top, so they find the oldest job: usually the largest piece of work.
 * What differs from the paper: **the deque does not decide who runs a job, the job does** (one compare-exchange on its
 * state word, scheduler/slot.ts). The owner takes a job back by claiming it there and leaves its entry behind, *dead*; a
 * thief claims the job first and moves `top` afterwards. So the claim is recorded, with the claimer's name, before the
 * deque forgets the job, and a thread may die between any two steps (docs/adr/0002). The owner's pop, with its store,
 * load and exchange for the last entry, is gone: a published fork that nobody stole costs one exchange to take back.
 *
 * `top` and `bottom` only count upwards, modulo 2^32. Compare them by subtraction, never with `<`. The entry of index i
 * is at `i & (capacity - 1)`; the capacity is a power of two.
 *
 * ## Invariants
 *
 * - **I1** Only the owner writes `bottom` and the entries.
 * - **I2** `top` only grows, by compare-exchange, and only over dead entries: a job that can be claimed stays visible.
 * - **I3** 0 <= bottom - top <= capacity.
 * - **I4** An entry is not overwritten before the owner has seen `top` beyond it.
 *
 * ## Why the order of statements matters
 *
 * - **push** writes the entry, then stores `bottom`; **look** loads `bottom`, then reads the entry, then loads `top` again.
 *   If `top` has not moved, the entry was not overwritten (I4), so what was read is what was pushed for that index, and all
 *   that the owner wrote before that push is visible. Drop the second load and a ref of a push still under way could be read.
 *   (The entry is read plainly, and the memory model lets a plain read be answered late, after the second load. For it
 *   to see a later push, that push would have to come a whole capacity after `top` was seen, and then `stands`, asked once
 *   more after the job's state was loaded, says no.)
 * - **forget** is called only when the job of the entry looked at is dead, and moves `top` only from the index looked at.
 *   Death is final (a ref names one publication, by its generation), so it does not matter how late the exchange comes.
 *
 * ## Why the entries may be plain
 *
 * An aligned 32-bit element is never torn, and `look` drops what it read unless `top` stood still around the read.
 *
 * ## Progress and limits
 *
 * `push` is wait-free, `look` and `forget` are lock-free. A full deque refuses: the caller keeps the job private. It does
 * not grow: what is private costs less than what is published. A thief that sleeps through exactly 2^32 pushes between
 * its two loads of `top` would be fooled; that is more than a minute at the highest rate measured.
 *
 * Tests: test/lockfree/deque.
 */

/** No entry: nothing to steal here now. */
export const EMPTY = 0
/** Another thread moved `top` meanwhile. The deque may hold more: look again, do not sleep on it. */
export const CONTENDED = -1

const words = layout({ top: 1, bottom: 1 }, ['top', 'bottom'])

export class Deque {
  /** Shared words needed for `capacity` entries. */
  static size(capacity: number): number {
    return words.size + Math.max(capacity, LINE)
  }

  readonly #words: Words
  readonly #top: number
  readonly #bottom: number
  readonly #entries: number
  readonly capacity: number
  /** Owner's private copy of `top`: stale means too small, so it can only say "full" too early (then it is reloaded). */
  #topSeen: number
  /** Thief's private note: the index that `look` looked at. */
  #looked = 0

  /** Views the deque at `at`. Zeroed words are an empty deque. `words` must cover it (arena.ts: start-up records do). */
  constructor(shared: Words, at: number, capacity: number) {
    this.#words = shared
    this.#top = at + words.at.top
    this.#bottom = at + words.at.bottom
    this.#entries = at + words.size
    this.capacity = capacity
    this.#topSeen = load(shared, this.#top)
  }

  // --- owner only ---------------------------------------------------------------------------------------------------

  /** Puts `job` at the bottom. Returns false, and stores nothing, if the deque is full even without its dead entries. */
  push(job: number, dead: (job: number) => boolean): boolean {
    const w = this.#words
    // Plain: only this thread writes `bottom` (I1).
    const bottom = w[this.#bottom]!
    if (((bottom - this.#topSeen) | 0) >= this.capacity && !this.#makeRoom(bottom, dead)) return false
    w[this.#entries + (bottom & (this.capacity - 1))] = job
    store(w, this.#bottom, (bottom + 1) | 0)
    return true
  }

  /** Moves `top` over the dead entries there. True if there is room now. */
  #makeRoom(bottom: number, dead: (job: number) => boolean): boolean {
    for (;;) {
      const top = load(this.#words, this.#top)
      let next = top
      while (next !== bottom && dead(this.#words[this.#entries + (next & (this.capacity - 1))]!)) next = (next + 1) | 0
      if (next !== top && !replace(this.#words, this.#top, top, next)) continue
      this.#topSeen = next
      return ((bottom - next) | 0) < this.capacity
    }
  }

  /** Whoever inherits the deque of a dead owner calls this once all its jobs are settled (scheduler/repair.ts). */
  clear(): void {
    store(this.#words, this.#top, load(this.#words, this.#bottom))
    this.#topSeen = load(this.#words, this.#top)
  }

  // --- any thread ---------------------------------------------------------------------------------------------------

  /**
   * The oldest entry, or `EMPTY`, or `CONTENDED`. The caller claims the job itself and then calls {@link forget}, also
   * when it finds it dead.
   */
  look(): number {
    const w = this.#words
    const top = load(w, this.#top)
    if (((load(w, this.#bottom) - top) | 0) <= 0) return EMPTY
    const job = w[this.#entries + (top & (this.capacity - 1))]!
    if (load(w, this.#top) !== top) return CONTENDED
    this.#looked = top
    return job
  }

  /** True if `top` is still where the last `look` of this thread found it. */
  stands(): boolean {
    return load(this.#words, this.#top) === this.#looked
  }

  /** Moves `top` beyond the entry that the last `look` of this thread returned; whoever else did so first is thanked. */
  forget(): void {
    replace(this.#words, this.#top, this.#looked, (this.#looked + 1) | 0)
  }

  /** Entries, dead ones included: a hint, and so read plainly. Whoever was told of a job's end sees that it has left. */
  get length(): number {
    return (this.#words[this.#bottom]! - this.#words[this.#top]!) | 0
  }

  /** Changes whenever a job is pushed or `top` moves: what a thief compares to see whether the owner is busy here. A hint. */
  get pulse(): number {
    // Plain: a wrong value costs time alone; the claim decides (RELIABILITY rule 10).
    return (this.#words[this.#bottom]! * 31 + this.#words[this.#top]!) | 0
  }

  /** A plain look whether it is worth looking: a hint that must not decide about sleep. */
  get maybe(): boolean {
    return this.#words[this.#bottom]! !== this.#words[this.#top]!
  }
}
