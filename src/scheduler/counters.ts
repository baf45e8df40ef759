import { stack } from './context.ts'
import { COUNTERS, type Registry } from './registry.ts'
import { sweep } from './stack.ts'

/** What a seat has done so far. Each seat writes its own; readers see values of a moment ago. */
export interface Tally {
  /** Forks, joined in place or stolen. */
  forks: number
  /** Forks that were made visible to other workers. */
  published: number
  /** Jobs taken from other seats, runs from outside included. */
  steals: number
  /** Jobs run while waiting in a join. */
  helped: number
  /** Jobs run to their end. */
  jobs: number
  /** Times its thread went to sleep. */
  sleeps: number
}

const FIELDS = ['forks', 'published', 'steals', 'helped', 'jobs', 'sleeps'] as const

/** Counts in this thread's own memory and copies the totals to the seat's words, low and high halves, when asked. */
export class Counters implements Tally {
  forks = 0
  published = 0
  steals = 0
  helped = 0
  jobs = 0
  sleeps = 0
  readonly #words: Int32Array
  readonly #at: number

  /** A successor in the seat counts on. */
  constructor(registry: Registry, seat: number) {
    this.#words = registry.arena.words
    this.#at = registry.seat(seat) + COUNTERS
    Object.assign(this, readTally(registry, seat))
  }

  /** Between jobs. The tickets have counted the forks, so that a fork need not. */
  flush(): void {
    this.forks += sweep(stack.frames)
    for (let i = 0; i < FIELDS.length; i++) {
      const total = this[FIELDS[i]!]
      this.#words[this.#at + 2 * i] = total | 0
      this.#words[this.#at + 2 * i + 1] = Math.floor(total / 2 ** 32)
    }
  }
}

/** The totals a seat has last written. The halves may be of two moments: a counter is a picture, not a proof. */
export function readTally(registry: Registry, seat: number): Tally {
  const words = registry.arena.words
  const at = registry.seat(seat) + COUNTERS
  const total = (i: number): number => (words[at + 2 * i]! >>> 0) + words[at + 2 * i + 1]! * 2 ** 32
  return Object.fromEntries(FIELDS.map((field, i) => [field, total(i)])) as unknown as Tally
}
