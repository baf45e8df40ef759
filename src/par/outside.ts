import { ForkError } from '../errors.ts'
import { currentWorker } from '../scheduler/worker.ts'

/** What runs work of this room where no task runs: set by the room above, which knows pools. */
let enter: (<R>(work: () => R) => R) | undefined

export function setEntrance(entrance: <R>(work: () => R) => R): void {
  enter = entrance
}

/** Runs `work` in the task that runs now, or as one, while the caller waits. */
export function inside<R>(work: () => R): R {
  if (currentWorker() !== undefined) return work()
  if (enter === undefined) {
    throw new ForkError(
      'ERR_FILCH_OUTSIDE_TASK',
      'par works inside a task, or where the caller may wait. From elsewhere: await par.on(pool)(source)….',
    )
  }
  return enter(work)
}
