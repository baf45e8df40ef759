import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { type Given, type Mode, STAMP, STOP, TURN } from '../threads/pong.ts'

/** Two threads that take turns, this one and a bare other: the floor under every round trip. */
export class Partner {
  readonly #words = new Int32Array(new SharedArrayBuffer(STAMP + BigInt64Array.BYTES_PER_ELEMENT))
  readonly #stamp = new BigInt64Array(this.#words.buffer, STAMP, 1)
  readonly #thread: Worker
  #blocks = false

  private constructor(mode: Mode) {
    const workerData: Given = { words: this.#words, mode }
    this.#thread = new Worker(new URL('../threads/pong.ts', import.meta.url), { workerData })
    this.#blocks = mode === 'block'
  }

  static async start(mode: Mode): Promise<Partner> {
    const partner = new Partner(mode)
    await once(partner.#thread, 'message')
    return partner
  }

  /** One round trip, the caller blocked or spinning meanwhile. */
  ask(): void {
    const turn = this.#give()
    while (Atomics.load(this.#words, TURN) === turn) if (this.#blocks) Atomics.wait(this.#words, TURN, turn)
  }

  /** One round trip, awaited. */
  async askAsync(): Promise<void> {
    const turn = this.#give()
    await Atomics.waitAsync(this.#words, TURN, turn).value
  }

  /** One round trip by messages. */
  askByMessage(): Promise<void> {
    return new Promise(resolve => {
      this.#thread.once('message', () => resolve())
      this.#thread.postMessage(0)
    })
  }

  /** Nanoseconds from the question to the moment at which the other thread saw it. */
  oneWay(): number {
    const asked = process.hrtime.bigint()
    this.ask()
    return Number(this.#stamp[0]! - asked)
  }

  async stop(): Promise<void> {
    Atomics.store(this.#words, TURN, STOP)
    Atomics.notify(this.#words, TURN)
    await this.#thread.terminate()
  }

  #give(): number {
    const turn = Atomics.load(this.#words, TURN) + 1
    Atomics.store(this.#words, TURN, turn)
    if (this.#blocks) Atomics.notify(this.#words, TURN)
    return turn
  }
}
