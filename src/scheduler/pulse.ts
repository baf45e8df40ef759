import type { Words } from '../memory/atomics.ts'
import { BEAT, type Registry, RUNNING } from './registry.ts'

/** What others can see of a thread from outside: which job it runs, and that it has done something since. Plain words of its own. */
export class Pulse {
  readonly #words: Words
  readonly #beat: number
  readonly #running: number

  constructor(registry: Registry, seat: number) {
    this.#words = registry.arena.words
    this.#beat = registry.seat(seat) + BEAT
    this.#running = registry.seat(seat) + RUNNING
  }

  beat(): void {
    this.#words[this.#beat]!++
  }

  /** The job in `slot` begins; returns which one it interrupts, for {@link end}. */
  begin(slot: number): number {
    const before = this.#words[this.#running]!
    this.#words[this.#beat]!++
    this.#words[this.#running] = slot
    return before
  }

  end(before: number): void {
    this.#words[this.#running] = before
  }
}
