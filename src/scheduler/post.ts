import { Signal } from '../lockfree/signal.ts'
import { load } from '../memory/atomics.ts'
import type { Registry } from './registry.ts'
import type { Residents } from './residents.ts'
import { DELIVERY, ERRAND, HOLDER, HOME, KEEPER, NOTICE, SPAWNED, STATE, stateOf, WATCHERS, withState } from './slot.ts'
import { FLAG, markOf, NEXT } from './subscription.ts'

/** What one seat sends to others and gets from them. */
export class Post {
  readonly #registry: Registry
  readonly #seat: number
  readonly signal: Signal
  /** What the flags of subscriptions hold that this thread has rung. */
  readonly mark: number
  /** Mail that was not for residents: jobs for this seat alone, or errands for such; at the caller's, runs that have ended. Oldest first. */
  readonly letters: number[] = []
  /** Subscriptions of this seat that it has rung itself. They need no mail: their tasks are next. */
  readonly rung: number[] = []
  /** Called when there is one: the thread that made the pool looks only when it is told to. */
  onRung: () => void = () => {}

  constructor(registry: Registry, seat: number) {
    this.#registry = registry
    this.#seat = seat
    this.mark = markOf(registry, seat)
    this.signal = new Signal(registry.arena, NEXT, FLAG)
  }

  /** Something is in the mail. */
  get holds(): boolean {
    return this.#ended.length > 0 || this.#registry.mailboxes[this.#seat]!.holds()
  }

  /** Takes it: what is for residents goes to them, the rest waits in {@link letters}. */
  take(residents: Residents | undefined): void {
    this.#residents = residents
    this.#registry.mailboxes[this.#seat]!.take(this.#sort, this.#mark)
    // What ends may end its parent, and so on: in turn, not in each other, however deep the tree.
    for (let slot = this.#ended.pop(); slot !== undefined; slot = this.#ended.pop()) this.#sort(slot)
  }

  /** Roots of this seat's keeping that this seat has ended itself: no need to mail them. */
  readonly #ended: number[] = []

  #residents: Residents | undefined

  /** Set for the maker of the pool. */
  onErrand: ((errand: number) => void) | undefined

  /** While it is in the mail: between that and here a thread may die, and what it had in hand is found by this. */
  readonly #mark = (slot: number): void => {
    const { words } = this.#registry.arena
    const delivery = words[slot + DELIVERY]
    if (delivery === ERRAND || delivery === NOTICE) words[slot + HOLDER] = this.#seat + 1
    if (delivery !== SPAWNED) return
    // As if this seat had ended it. Plain: nobody else changes it after it was mailed, and whoever else looks wants state and use alone.
    const word = words[slot + STATE]!
    words[slot + STATE] = withState(word, stateOf(word), this.#seat)
  }

  readonly #sort = (slot: number): void => {
    const { words } = this.#registry.arena
    if (words[slot + DELIVERY] === ERRAND) {
      if (this.onErrand === undefined) this.letters.push(slot)
      else this.onErrand(slot)
    } else if (this.#residents?.receives(slot) !== true) this.letters.push(slot)
  }

  /** Puts a record into the mail of a seat and wakes it. */
  send(seat: number, slot: number): void {
    this.#registry.mailboxes[seat]!.send(slot)
    this.#registry.sleepers.wake(seat)
  }

  /** A root has ended, and its state says so: tells whoever waits for it, and its keeper last, whose slot it is from then on. */
  report(slot: number): void {
    this.ring(slot + WATCHERS)
    const keeper = this.#registry.arena.words[slot + KEEPER]!
    if (keeper === this.#seat) this.#ended.push(slot)
    else this.send(keeper, slot)
  }

  /** Tells every seat that waits for what the list at `head` stands for. Call it after the store that makes it so. */
  ring(head: number): void {
    if (load(this.#registry.arena.words, head) !== 0) this.signal.ring(head, this.mark, this.#deliver)
  }

  /** What the list at `head` stands for is no more, and nobody can wait for it or ring. */
  close(head: number): void {
    if (load(this.#registry.arena.words, head) !== 0) this.signal.close(head, this.#deliver)
  }

  readonly #deliver = (subscription: number): void => {
    const home = this.#registry.arena.words[subscription + HOME]!
    if (home !== this.#seat) return this.send(home, subscription)
    this.rung.push(subscription)
    this.onRung()
  }
}
