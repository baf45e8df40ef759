import { load } from '../memory/atomics.ts'
import { OFFER, sendErrand } from '../scheduler/errand.ts'
import type { Shelf } from '../scheduler/offers.ts'
import { claim, PUBLISHED, refOf, STATE, stateOf, TASK, useOf } from '../scheduler/slot.ts'
import type { Worker } from '../scheduler/worker.ts'

/**
 * Spawned jobs that only this seat knows of. They are claimable, but nobody else has a ref to them until somebody is hungry: the
 * oldest go to others then, the newest are run here, as with forks.
 */
export class Backlog implements Shelf {
  readonly #worker: Worker
  /** Slots, oldest first from `#oldest`. */
  #slots: number[] = []
  #oldest = 0

  constructor(worker: Worker) {
    this.#worker = worker
  }

  get waiting(): number {
    return this.#slots.length - this.#oldest
  }

  add(slot: number): void {
    this.#slots.push(slot)
  }

  offer(): boolean {
    const { arena } = this.#worker.registry
    while (this.waiting > 0) {
      const slot = this.#slots[this.#oldest]!
      const word = load(arena.words, slot + STATE)
      // What is not PUBLISHED was begun here, or killed. The slot may be in another use by now: then that is offered, which does no harm.
      const offered = stateOf(word) === PUBLISHED
      if (offered && !this.#worker.offers.push(refOf(slot, word))) return false
      this.#oldest++
      this.#trim()
      if (offered) return true
    }
    return false
  }

  /** Leaves what is left to whoever takes it: the thread that made the pool has room for any number. */
  yield(): void {
    const { arena } = this.#worker.registry
    for (const slot of this.#slots.splice(this.#oldest)) {
      const word = load(arena.words, slot + STATE)
      if (stateOf(word) === PUBLISHED) sendErrand(this.#worker, this.#worker.registry.caller, OFFER, slot, useOf(word))
    }
  }

  /** Claims the newest; 0 if there is none that can run here. */
  next(): number {
    const { arena } = this.#worker.registry
    while (this.waiting > 0) {
      const slot = this.#slots.at(-1)!
      const word = load(arena.words, slot + STATE)
      if (stateOf(word) === PUBLISHED && !this.#worker.thief.knows(arena.words[slot + TASK]!)) return 0
      this.#slots.pop()
      if (stateOf(word) === PUBLISHED && claim(arena, slot, word, this.#worker.seat)) return slot
    }
    return 0
  }

  /** Nobody shall begin them any more. */
  drop(): void {
    this.#slots = []
    this.#oldest = 0
  }

  #trim(): void {
    if (this.#oldest > 256 && this.#oldest * 2 > this.#slots.length) {
      this.#slots = this.#slots.slice(this.#oldest)
      this.#oldest = 0
    }
  }
}
