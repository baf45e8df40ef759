import { stack } from './context.ts'
import type { Counters } from './counters.ts'
import type { Jobs } from './jobs.ts'
import type { Registry } from './registry.ts'
import { isOver, JOINED, PUBLISHED, stateOf, takeBack } from './slot.ts'
import { type Frame, held } from './stack.ts'
import { recordAt, type TaskRecord } from './tasks.ts'

/** A place where calls wait to be published. */
export interface Shelf {
  /** How many wait. */
  readonly waiting: number
  /** Publishes the oldest. False if there is none, or no room. */
  offer(): boolean
}

/** What keeps the slot of a call that was offered. */
interface Offered {
  slot: number
}

/** Makes calls of one seat visible to the others: arguments into a slot, its ref into the seat's deque. */
export class Offers {
  readonly #registry: Registry
  readonly #seat: number
  readonly #jobs: Jobs
  readonly #counters: Counters
  readonly #dead: (ref: number) => boolean

  constructor(registry: Registry, seat: number, jobs: Jobs, counters: Counters) {
    this.#registry = registry
    this.#seat = seat
    this.#jobs = jobs
    this.#counters = counters
    this.#dead = ref => isOver(registry.arena, ref)
  }

  /** Offers the oldest private fork, of which there is one. False: there is no room, it stays private. */
  fork(root: number): boolean {
    const frame = stack.frames[stack.published++]!
    const { ticket } = frame
    // Before anything is called: where the stack ends in there, it is a published fork, and its join looks for the slot.
    if (ticket >= 0) frame.ticket = ~ticket
    this.#frame(frame, root)
    if (frame.slot !== 0) return true
    frame.ticket = ticket
    stack.published--
    return false
  }

  #frame(frame: Frame, root: number): void {
    const record = recordAt(frame.task)
    const { writer } = this.#jobs
    let count = record.arity
    if (frame.rest !== undefined || count > 2) {
      const args = held(frame, count)
      count = args.length
      this.#jobs.write(args)
    } else if (count > 0) {
      writer.begin()
      writer.value(frame.a0, 'args[0]')
      if (count === 2) writer.value(frame.a1, 'args[1]')
    }
    this.#post(frame, record, count, root)
  }

  /** Offers a call, and puts its slot into `at`; 0: there is no room, keep it. */
  call(at: Offered, record: TaskRecord, args: readonly unknown[], root: number): void {
    this.#jobs.write(args)
    this.#post(at, record, args.length, root)
  }

  /** Offers a job made elsewhere. False: the deque is full. */
  push(ref: number): boolean {
    return this.#registry.deques[this.#seat]!.push(ref, this.#dead)
  }

  /** The slot is written down before it is published, so that it is found again wherever the stack ends. */
  #post(at: Offered, record: TaskRecord, count: number, root: number): void {
    const slot = this.#jobs.make(this.#registry.directory.idOf(record), count, JOINED, root)
    at.slot = slot
    if (!this.push(this.#jobs.publish(slot))) {
      // Nobody has seen this ref; but one in the caller's deque that is 1024 publications older looks the same, and whoever
      // claims by that has taken this job.
      const word = this.#jobs.state(slot)
      if (stateOf(word) === PUBLISHED && takeBack(this.#registry.arena, slot, word)) {
        this.#jobs.forget(slot)
        at.slot = 0
        return
      }
    }
    this.#counters.published++
  }
}
