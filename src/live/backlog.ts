import { OFFER, sendErrand } from '../scheduler/errand.ts'
import type { Shelf } from '../scheduler/offers.ts'
import { roomy } from '../scheduler/room.ts'
import { claim, refOf, TASK, useOf } from '../scheduler/slot.ts'
import type { Worker } from '../scheduler/worker.ts'
import type { Handle } from './handle.ts'

/** So many begin in the order of their coming, as they do where they are offered to others (Household.show). More would fill the memory with what they spawn. */
export const FEW = 16

/**
 * Spawned jobs that only this seat knows of. Those that have a slot are claimable, but nobody else has a ref to them until somebody is
 * hungry: the oldest go to others then, the newest are run here, as with forks. Handles and not slots: a slot may be in another use by
 * now, for a task that is bound to another worker.
 */
export class Backlog implements Shelf {
  readonly #worker: Worker
  /** Oldest first, from `#oldest`. */
  #jobs: Handle<unknown>[] = []
  #oldest = 0

  constructor(worker: Worker) {
    this.#worker = worker
  }

  get waiting(): number {
    return this.#jobs.length - this.#oldest
  }

  add(job: Handle<unknown>): void {
    this.#jobs.push(job)
  }

  /** It has begun, and is at one end, usually. */
  remove(job: Handle<unknown>): void {
    if (this.#jobs.at(-1) === job) this.#jobs.pop()
    else if (this.#jobs[this.#oldest] === job) this.#skip()
  }

  offer(): boolean {
    // What has no slot gets one here, on the stack of whoever publishes something.
    while (this.waiting > 0 && roomy()) {
      const job = this.#jobs[this.#oldest]!
      const word = job.place()
      if (word !== 0 && !this.#worker.offers.push(refOf(job.slot, word))) return false
      this.#skip()
      if (word !== 0) return true
    }
    return false
  }

  /** Leaves what is left to whoever takes it: the thread that made the pool has room for any number. */
  yield(): void {
    for (const job of this.#jobs.splice(this.#oldest)) {
      const word = job.place()
      if (word !== 0) sendErrand(this.#worker, this.#worker.registry.caller, OFFER, job.slot, useOf(word))
    }
  }

  /** Claims the newest, or the oldest if there are few; 0 if there is none that can run here. */
  next(): number {
    const { arena } = this.#worker.registry
    while (this.waiting > 0) {
      const isFew = this.waiting <= FEW
      const job = isFew ? this.#jobs[this.#oldest]! : this.#jobs.at(-1)!
      const slot = this.#claim(job)
      const word = slot === 0 ? job.place() : 0
      if (word !== 0 && !this.#worker.thief.knows(arena.words[job.slot + TASK]!)) return 0
      if (isFew) this.#skip()
      else this.#jobs.pop()
      if (slot !== 0) return slot
      if (word !== 0 && claim(arena, job.slot, word, this.#worker.seat)) return job.slot
    }
    return 0
  }

  /** A mere call that nobody else can know of needs no claim: the slot in which it begins; 0: none, or no memory, which `place` will say. */
  #claim(job: Handle<unknown>): number {
    try {
      return job.callee === undefined ? 0 : job.house.calls.claim(job)
    } catch {
      return 0
    }
  }

  /** Nobody shall begin them any more. */
  drop(): void {
    this.#jobs = []
    this.#oldest = 0
  }

  #skip(): void {
    this.#oldest++
    if (this.#oldest > 256 && this.#oldest * 2 > this.#jobs.length) {
      this.#jobs = this.#jobs.slice(this.#oldest)
      this.#oldest = 0
    }
  }
}
