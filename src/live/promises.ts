import { ForkError } from '../errors.ts'
import type { Front } from '../scheduler/residents.ts'
import { currentWorker } from '../scheduler/worker.ts'
import type { Awaited } from './watch.ts'
import type { Watches } from './watches.ts'

/** Waits of this seat that were awaited outside of tasks. */
export class Promises {
  readonly #waits: Watches
  /** Of each promise that has not settled, what rejects it. */
  readonly #open = new Set<(why: Error) => void>()
  /** The pool has ended, so nothing new will come. */
  #ended: Error | undefined

  constructor(waits: Watches) {
    this.#waits = waits
  }

  make<T>(wait: Awaited & { outcome(): T }, front: Front | undefined): Promise<T> {
    if (currentWorker() !== undefined) {
      throw new ForkError(
        'ERR_FILCH_RUN_IN_TASK',
        'Nothing can be awaited inside a task: use yield* in a generator task.',
      )
    }
    return new Promise((resolve, reject) => {
      const refuse = (why: Error): void => {
        front?.leave()
        reject(why)
      }
      const resume = (): void => {
        if (!this.#open.delete(refuse)) return
        front?.leave()
        try {
          resolve(wait.outcome())
        } catch (error) {
          reject(error)
        }
      }
      front?.enter()
      this.#open.add(refuse)
      if (wait.poll()) resume()
      else if (this.#ended !== undefined) this.refuse(this.#ended)
      else if (this.#waits.enlist({ wait, resume, place: 0 })) resume()
    })
  }

  refuse(why: Error): void {
    this.#ended = why
    const open = [...this.#open]
    this.#open.clear()
    for (const refuse of open) refuse(why)
  }
}
