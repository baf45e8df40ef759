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

  /** Offers a pending fork, and inverts its ticket. False: there is no room, it stays private. */
  frame(frame: Frame, root: number): boolean {
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
    const slot = this.#post(record, count, root)
    if (slot === 0) return false
    frame.slot = slot
    if (frame.ticket >= 0) frame.ticket = ~frame.ticket
    return true
  }

  /** Offers a call. Returns its slot; 0: there is no room, keep it. */
  call(record: TaskRecord, args: readonly unknown[], root: number): number {
    this.#jobs.write(args)
    return this.#post(record, args.length, root)
  }

  /** Offers a job made elsewhere. False: the deque is full. */
  push(ref: number): boolean {
    return this.#registry.deques[this.#seat]!.push(ref, this.#dead)
  }

  #post(record: TaskRecord, count: number, root: number): number {
    const slot = this.#jobs.make(this.#registry.directory.idOf(record), count, JOINED, root)
    if (!this.push(this.#jobs.publish(slot))) {
      // Nobody has seen this ref; but one in the caller's deque that is 1024 publications older looks the same, and whoever
      // claims by that has taken this job.
      const word = this.#jobs.state(slot)
      if (stateOf(word) === PUBLISHED && takeBack(this.#registry.arena, slot, word)) {
        this.#jobs.forget(slot)
        return 0
      }
    }
    this.#counters.published++
    return slot
  }
}
