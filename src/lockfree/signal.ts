import type { Arena } from '../memory/arena.ts'
import { exchange, load, replace, store } from '../memory/atomics.ts'

/**
 * Something may have happened: how the seats that wait for it get to know. One *subscription* per seat, whatever number of its
 * tasks wait; it stays for as long as the thing itself.
 *
 *   head --> subscription of seat 3 --> subscription of seat 0 --> 0
 *
 * | a seat that waits | whoever makes it happen |
 * | --- | --- |
 * | 1. adds its subscription, once | 1. stores what happened |
 * | 2. arms it | 2. rings each subscription that is armed, and mails it to its seat |
 * | 3. looks whether it has happened; if not, goes on with something else | |
 * | 4. gets its subscription in the mail: looks again, and arms it first if it means to wait on | |
 *
 * ## Invariants
 *
 * - **I1** The list only grows: a subscription is added once and leaves when nobody can ring any more. So it may be walked
 *   without protection, and there is no ABA.
 * - **I2** `flag` goes from idle to ARMED by its seat, from ARMED to *rung* by one ringer, and from rung to idle by its seat once it
 *   has been taken out of the mail. A subscription is therefore in at most one mailbox, at most once.
 * - **I3** `flag` becomes GONE once, by whoever ends the thing (below), and stays so.
 *
 * ## Why nobody waits for what has happened
 *
 * Steps 2 and 3 of the seat and steps 1 and 2 of the other are atomic, so they have one order. If the ringer's look at the flag
 * comes before the arming, what happened was stored before that, and the seat's step 3 sees it. Otherwise the ringer sees the flag
 * armed. A subscription that is added while the list is walked is armed after the walk began, which is the first case.
 *
 * ## The end of the thing
 *
 * Who knows that nobody waits or rings any more, since nobody has the thing, exchanges each flag for GONE and mails those that
 * were not in the mail yet. So each seat that has a subscription gets it once more, and forgets it; the record of the thing may be
 * in another use by then, with a list of its own. Arming needs no exchange: who arms has the thing.
 *
 * A ringer that dies between the exchange and the mailing leaves a flag that names it (`by`): the seat, told of the death, takes
 * it for mail that has arrived (live/watches.ts). One that dies while it ends a thing leaves the thing's record and
 * subscriptions unused until the pool ends. Tests: test/lockfree/signal.
 */
export class Signal {
  readonly #arena: Arena
  readonly #next: number
  readonly #flag: number

  /** `next` and `flag` are the words of a subscription that hold its link and its state. */
  constructor(arena: Arena, next: number, flag: number) {
    this.#arena = arena
    this.#next = next
    this.#flag = flag
  }

  /** The seat: adds its subscription, idle, to the list whose head is the word at `head`. */
  add(head: number, subscription: number): void {
    this.#arena.words[subscription + this.#flag] = IDLE
    for (;;) {
      const { words } = this.#arena
      const first = load(words, head)
      words[subscription + this.#next] = first
      if (replace(words, head, first, subscription)) return
    }
  }

  /** The seat: wants to be told. Look after this, not before. */
  arm(subscription: number): void {
    store(this.#arena.words, subscription + this.#flag, ARMED)
  }

  /** The seat: has it out of the mail. False: the thing is gone, and this is the last that is heard of it. */
  disarm(subscription: number): boolean {
    const { words } = this.#arena
    const flag = load(words, subscription + this.#flag)
    // It may be gone between the two.
    return flag !== GONE && replace(words, subscription + this.#flag, flag, IDLE)
  }

  /** Who has rung: IDLE, ARMED, or the `by` of the ringer. */
  rungBy(subscription: number): number {
    return load(this.#arena.words, subscription + this.#flag)
  }

  /** Anybody, after it has happened: `mail` gets each subscription whose seat waits. `by` names the ringer and is above ARMED. */
  ring(head: number, by: number, mail: (subscription: number) => void): void {
    let subscription = load(this.#arena.words, head)
    while (subscription !== 0) {
      this.#arena.reach(subscription + this.#flag + 1)
      const { words } = this.#arena
      const flag = subscription + this.#flag
      const next = words[subscription + this.#next]!
      if (load(words, flag) === ARMED && replace(words, flag, ARMED, by)) mail(subscription)
      subscription = next
    }
  }

  /** Who ends the thing: `mail` gets each subscription that is not in the mail. From here on they are their seats' to free. */
  close(head: number, mail: (subscription: number) => void): void {
    let subscription = load(this.#arena.words, head)
    while (subscription !== 0) {
      this.#arena.reach(subscription + this.#flag + 1)
      const { words } = this.#arena
      const next = words[subscription + this.#next]!
      if (exchange(words, subscription + this.#flag, GONE) <= ARMED) mail(subscription)
      subscription = next
    }
  }
}

/** The thing is no more. */
export const GONE = -1
const IDLE = 0
export const ARMED = 1
