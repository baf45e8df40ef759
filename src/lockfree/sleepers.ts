import { and, load, notify, or, replace, store, wait, waitAsync, type Words } from '../memory/atomics.ts'
import { LINE } from '../memory/layout.ts'

/**
 * Who sleeps, and how to wake them: an event count (Vyukov's "eventcount", 2008; the protocol is folly's) with a word per seat.
 *
 *   asleep    one bit per seat: announced, may be waiting          (32 seats a word)
 *   seeking   one bit per seat: awake and looking for work         (32 seats a word)
 *   bell[i]   alone in its line: 1 while seat i sleeps, else 0
 *
 * To sleep, seat i
 *   1. sets its bell to 1 and its bit in `asleep` (announce),
 *   2. looks everywhere again; if there is anything, cancels,
 *   3. waits while its bell is 1.
 * To wake seat i: exchange its bell from 1 to 0; who succeeds notifies. Awake, seat i clears its bit.
 *
 * ## Invariants
 *
 * - **I1** A seat's two bits are written by its own thread alone. A waker that cleared the bit could do so late, after the
 *   sleeper has announced itself again, and hide it from every publisher (test: `waker clears the bit`).
 * - **I2** A bell goes from 0 to 1 by its seat, from 1 to 0 by anybody, once for each announcement.
 *
 * ## Why nobody sleeps through a job
 *
 * Whoever publishes stores the job's place first and loads `asleep` afterwards; whoever goes to sleep sets `asleep` first
 * and loads the job's place afterwards. All four are atomic, so in their one total order either the publisher sees the
 * bit or the sleeper sees the job. Swap the steps on either side and both may miss (test: `drop the second look`).
 *
 * Being notified late, twice, or for nothing is harmless: every sleeper looks again when it wakes, and sleeps at most
 * `timeout` at a time, so that even the death of a waker between its exchange and its notification costs only time.
 *
 * ## Why `seeking` may be wrong
 *
 * It spares publishers a wake-up when somebody is looking anyway. A seeker clears its bit *before* its last look, so a
 * publisher that saw the bit is seen by that look; if the seeker will be busy, it wakes another. A dead thread's bits are cleared by the repair.
 */
export class Sleepers {
  static size(seats: number): number {
    return 2 * LINE * groupsOf(seats) + LINE * seats
  }

  readonly #words: Words
  readonly #groups: number
  readonly #asleep: number
  readonly #seeking: number
  readonly #bells: number

  /** Views the sleepers of `seats` seats at `at`. Zeroed words: everybody is awake. */
  constructor(words: Words, at: number, seats: number) {
    this.#words = words
    this.#groups = groupsOf(seats)
    this.#asleep = at
    this.#seeking = at + LINE * this.#groups
    this.#bells = this.#seeking + LINE * this.#groups
  }

  // --- the seat's own thread ----------------------------------------------------------------------------------------

  /** `available`: new work may wake it. Without, it waits for its own bell only ({@link wake}). */
  announce(seat: number, available: boolean): void {
    store(this.#words, this.#bell(seat), 1)
    if (available) or(this.#words, this.#asleep + LINE * (seat >> 5), 1 << (seat & 31))
  }

  /** Awake again, or never asleep: takes the announcement back, whether or not somebody has answered it meanwhile. */
  cancel(seat: number): void {
    this.#clear(this.#asleep, seat)
    store(this.#words, this.#bell(seat), 0)
  }

  /** Waits until woken, at most `timeout` ms. Call between {@link announce} and {@link cancel}, after looking again. */
  sleep(seat: number, timeout: number): void {
    wait(this.#words, this.#bell(seat), 1, timeout)
  }

  /** As {@link sleep} for a thread that must not block. False: woken already, `then` is not called. */
  sleepAsync(seat: number, then: () => void): boolean {
    return waitAsync(this.#words, this.#bell(seat), 1, then)
  }

  seek(seat: number): void {
    or(this.#words, this.#seeking + LINE * (seat >> 5), 1 << (seat & 31))
  }

  /** Ends {@link seek}. */
  found(seat: number): void {
    this.#clear(this.#seeking, seat)
  }

  // --- any thread ---------------------------------------------------------------------------------------------------

  /** After publishing: wakes one of those who announced themselves available, unless there are none or somebody seeks already. */
  wakeOne(): void {
    for (let group = 0; group < this.#groups; group++) {
      const bits = load(this.#words, this.#asleep + LINE * group)
      if (bits === 0) continue
      if (this.#any(this.#seeking)) return
      for (let rest = bits; rest !== 0; rest &= rest - 1) {
        const seat = group * 32 + (31 - Math.clz32(rest & -rest))
        if (this.wake(seat)) return
      }
    }
  }

  /** Wakes `seat` if it sleeps or is about to. True if this call did it. */
  wake(seat: number): boolean {
    if (load(this.#words, this.#bell(seat)) !== 1 || !replace(this.#words, this.#bell(seat), 1, 0)) return false
    // All: the caller's seat can have two waiters on its bell, `sleepAsync` for its runs and `sleep` in a `runSync`.
    notify(this.#words, this.#bell(seat), Infinity)
    return true
  }

  /** A picture: it sleeps, or is about to. */
  sleeps(seat: number): boolean {
    return load(this.#words, this.#bell(seat)) === 1
  }

  /** Wakes `seat` even if a thread that died has said so and not done it: between its exchange and its notification. */
  rouse(seat: number): void {
    const words = this.#words
    const bell = this.#bell(seat)
    store(words, bell, 0)
    notify(words, bell, Infinity)
  }

  /** How many of the seats are asleep or seeking: a hint for how much to publish. */
  get idle(): number {
    let count = 0
    for (let group = 0; group < 2 * this.#groups; group++) count += ones(this.#words[this.#asleep + LINE * group]!)
    return count
  }

  /** The repair: the thread of `seat` is gone, so it neither sleeps nor seeks. */
  bury(seat: number): void {
    store(this.#words, this.#bell(seat), 0)
    this.#clear(this.#asleep, seat)
    this.#clear(this.#seeking, seat)
  }

  #bell(seat: number): number {
    return this.#bells + LINE * seat
  }

  #clear(field: number, seat: number): void {
    and(this.#words, field + LINE * (seat >> 5), ~(1 << (seat & 31)))
  }

  #any(field: number): boolean {
    for (let group = 0; group < this.#groups; group++) if (load(this.#words, field + LINE * group) !== 0) return true
    return false
  }
}

function groupsOf(seats: number): number {
  return Math.ceil(seats / 32)
}

function ones(bits: number): number {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++
  return count
}
