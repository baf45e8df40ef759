import { TaskError } from '../errors.ts'
import { store } from '../memory/atomics.ts'
import { ACTIVE } from './registry.ts'
import type { Worker } from './worker.ts'

/** What the loop needs of the platform. */
export interface Ground {
  /** Imports a module of tasks. */
  load(url: string): Promise<unknown>
  /** Lets the thread's event loop turn once: timers, messages and uncaught errors of the user's modules have their time. */
  turn(): Promise<void>
}

/** The life of a worker: works, looks for work, imports what it lacks, sleeps, until the pool stops. */
export async function live(worker: Worker, ground: Ground): Promise<void> {
  const { registry, seat, failures, thief } = worker
  store(registry.arena.words, registry.seat(seat) + ACTIVE, 1)
  while (!worker.stopped) {
    worker.work()
    const url = thief.missing()
    if (url !== '') {
      // The stack is empty here, so importing is safe; jobs of known tasks wait no longer than the import takes.
      try {
        await ground.load(url)
        failures.set(url, new TaskError('ERR_FILCH_TASK_UNKNOWN', unknown(url)))
      } catch (cause) {
        failures.set(
          url,
          new TaskError('ERR_FILCH_IMPORT', `A worker could not import ${url}: ${String(cause)}`, { cause }),
        )
      }
      continue
    }
    if (worker.seek()) continue
    await ground.turn()
    worker.rest()
  }
}

function unknown(url: string): string {
  return (
    `A worker has imported ${url}, but the task is not among those declared there. Declare tasks at the top level of ` +
    'their module, unconditionally, so that every thread declares the same ones in the same order.'
  )
}
