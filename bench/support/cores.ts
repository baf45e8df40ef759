import { Worker } from 'node:worker_threads'

import { GO, OUTPUT, READY } from '../threads/spin.ts'

/**
 * How many cores do two threads get right now? Two threads count in a plain loop for a while, first one alone, then both.
 *
 * The divisor is the most that one thread has counted since the run began, and not what it counted just now: where
 * neighbours hold both cores, one thread alone is slowed as much as two are, and their ratio would look fine.
 */
export class Cores {
  readonly #words = new Int32Array(new SharedArrayBuffer(OUTPUT + 2 * Float64Array.BYTES_PER_ELEMENT))
  readonly #counts = new Float64Array(this.#words.buffer, OUTPUT)
  readonly #threads: Worker[]
  readonly #window: number
  #one = 0

  constructor(window: number) {
    this.#window = window
    this.#threads = [0, 1].map(
      index =>
        new Worker(new URL('../threads/spin.ts', import.meta.url), { workerData: { words: this.#words, index } }),
    )
  }

  /** Cores, 0 to 2, usually a little below what there is. */
  async measure(): Promise<number> {
    await this.#spin(1)
    this.#one = Math.max(this.#one, this.#counts[0]!)
    await this.#spin(2)
    this.#one = Math.max(this.#one, this.#counts[0]!, this.#counts[1]!)
    return Math.min(2, (this.#counts[0]! + this.#counts[1]!) / this.#one)
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(thread => thread.terminate()))
  }

  async #spin(count: number): Promise<void> {
    const words = this.#words
    const done = Promise.all(
      this.#threads.slice(0, count).map(thread => new Promise(resolve => void thread.once('message', resolve))),
    )
    for (const [index, thread] of this.#threads.entries()) if (index < count) thread.postMessage(this.#window)
    // Both begin together, whichever was woken first.
    while (Atomics.load(words, READY) < count) await new Promise(resolve => void setTimeout(resolve, 1))
    Atomics.store(words, READY, 0)
    Atomics.add(words, GO, 1)
    Atomics.notify(words, GO)
    await done
  }
}
