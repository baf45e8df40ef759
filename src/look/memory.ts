import { heap, type Heap } from '../platform/node/heap.ts'
import { broadcast } from '../pool/default.ts'
import type { Pool } from '../pool/pool.ts'
import { allSlots, FREE, STATE, stateOf } from '../scheduler/slot.ts'
import { currentWorker } from '../scheduler/worker.ts'
import { load } from '../memory/atomics.ts'
import { type Task, task } from '../task/task.ts'

/** What one thread of a pool holds, and what it sees of the memory that they share. Bytes. */
export interface WorkerMemory extends Heap {
  /** Index of the worker. */
  readonly worker: number
  /** What the pool has taken of its shared memory so far: queues, arguments and results under way. It does not shrink. */
  readonly shared: number
  /** Jobs under way in the whole pool, as this worker saw them: forks that were published, runs, spawned tasks, what waits. */
  readonly jobs: number
}

const report: Task<() => WorkerMemory> = task(import.meta, () => {
  const { registry, seat } = currentWorker()!
  const { arena, control } = registry
  let jobs = -1 // this one
  for (const slot of allSlots(arena, control)) if (stateOf(load(arena.words, slot + STATE)) !== FREE) jobs++
  return { worker: seat, ...heap(), shared: 4 * arena.used, jobs }
})

/**
 * How much memory each worker of a pool uses, by index; of the default pool if none is given.
 *
 * Each answers when it is between jobs, so a pool that is busy answers late, and what a task holds while it runs is not seen.
 * Users' shared arrays belong to nobody and are not counted. A number of `jobs` that stays up in a quiet pool is a leak: handles or
 * results that nobody has read.
 *
 * @example
 * ```ts
 * import { equal, ok } from 'node:assert/strict'
 * import { memory, Pool } from 'filch'
 *
 * await using pool = new Pool({ threads: 2 })
 * for (const { worker, heapUsed, heapLimit } of await memory(pool)) {
 *   ok(worker < 2)
 *   ok(heapUsed < heapLimit)
 * }
 * equal((await memory(pool)).length, 2)
 * ```
 *
 * @throws {PoolClosedError} (rejects) after `close`
 */
export function memory(pool?: Pool): Promise<WorkerMemory[]> {
  return pool === undefined ? broadcast(report) : pool.broadcast(report)
}
