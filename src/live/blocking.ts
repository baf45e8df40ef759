import { BLOCKED, sendErrand } from '../scheduler/errand.ts'
import { BLOCKING } from '../scheduler/registry.ts'
import { setBlocking } from '../scheduler/spares.ts'
import { currentWorker, type Worker } from '../scheduler/worker.ts'

/**
 * Calls `fn`, which is about to block this thread: on a file, a database, `Atomics.wait`, a child process. Meanwhile a spare thread
 * takes this worker's place, so that as many work as before; it is sent away afterwards, and kept for the next time.
 * (Java's managed blocker; Lea, "A Java fork/join framework", 2000, has the idea.)
 *
 * What this task has forked, and what waits here to be begun, is offered to others first. What must run on this very worker waits: tasks that
 * are pinned to it, and generators that have begun on it.
 *
 * **Cost.** Some microseconds, if a spare thread sleeps. Else the thread that made the pool starts one, which takes some 30 ms; it cannot
 * while it is blocked itself, nor beyond the option `maxThreads`: then the pool works with one thread fewer. In a dedicated task, in
 * `runSync` and outside of tasks it is a plain call.
 *
 * @example
 * ```ts
 * import { equal } from 'node:assert/strict'
 * import { readFileSync } from 'node:fs'
 * import { blocking, run, task } from 'filch'
 *
 * export const size = task((path: string) => blocking(() => readFileSync(path)).length)
 *
 * if (import.meta.main) equal((await run(size, import.meta.filename)) > 0, true)
 * ```
 *
 * @returns what `fn` returned
 */
export function blocking<T>(fn: () => T): T {
  const worker = currentWorker()
  if (worker === undefined || !isPooled(worker)) return fn()
  const { registry, seat } = worker
  // Before anybody counts on a spare: publishing may throw.
  while (worker.offerNext()) registry.sleepers.wakeOne()
  if (setBlocking(registry, seat, 1) > 0) sendErrand(worker, registry.caller, BLOCKED)
  try {
    return fn()
  } finally {
    setBlocking(registry, seat, 0)
  }
}

/** It shares the work of the pool, and has not said yet that it blocks. */
function isPooled({ registry, seat, thief }: Worker): boolean {
  return seat !== registry.caller && thief.roams && registry.arena.words[registry.seat(seat) + BLOCKING] !== 1
}
