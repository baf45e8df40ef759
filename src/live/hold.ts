import { add } from '../memory/atomics.ts'
import type { Belonging } from '../scheduler/belongings.ts'
import type { Worker } from '../scheduler/worker.ts'

/** One reference to a record that counts them: given back once, when the task that has it ends or the object was collected. */
export class Hold implements Belonging {
  readonly #worker: Worker
  readonly #slot: number
  readonly #letGo: (worker: Worker, slot: number) => void
  /** It was given back: whoever had it cannot use the record any more. */
  released = false

  constructor(worker: Worker, slot: number, letGo: (worker: Worker, slot: number) => void) {
    this.#worker = worker
    this.#slot = slot
    this.#letGo = letGo
  }

  release(): void {
    if (this.released) return
    this.released = true
    this.#letGo(this.#worker, this.#slot)
  }
}

const collected = new FinalizationRegistry<Belonging>(hold => hold.release())

/**
 * Sees to it that `hold` is released: at the end of the job that runs now, if `object`, which has it, came to that job; else once
 * `object` was collected.
 */
export function keepFor(worker: Worker, hold: Belonging, object: object): void {
  if (!worker.lodging.loose) worker.lodging.keep(hold)
  else collected.register(object, hold)
}

/** Counts one more. */
export function countUp(worker: Worker, at: number): void {
  add(worker.registry.arena.words, at, 1)
}
