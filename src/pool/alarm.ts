import { now } from '../scheduler/clock.ts'

/** One timer for whoever has the next time to wait for. It does not hold the event loop. */
export class Alarm {
  readonly #ring: () => void
  #at = Infinity
  #timer: NodeJS.Timeout | undefined

  constructor(ring: () => void) {
    this.#ring = ring
  }

  /** Rings after so many milliseconds, unless it rings before. */
  set(ms: number): void {
    const at = now() + ms
    if (at >= this.#at) return
    clearTimeout(this.#timer)
    this.#at = at
    this.#timer = setTimeout(() => {
      this.#at = Infinity
      this.#ring()
      // Rounded up: a timer may be early by less than a millisecond, and what it was for would be looked for in vain.
    }, Math.ceil(ms)).unref()
  }
}
