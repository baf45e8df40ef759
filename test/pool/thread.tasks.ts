import * as threads from 'node:worker_threads'

import { task, workerIndex } from 'filch'

/** What a task sees of the thread that runs it. */

/** Since Node 24.6; the types lag behind. */
const { threadName = '' } = threads as { threadName?: string }

export const named = task(() => [workerIndex(), threadName, threads.threadId] as const)

export const deep = task((levels: number): number => (levels === 0 ? 0 : 1 + deep(levels - 1)))

export const variable = task((name: string) => process.env[name])

/** Module state: one per thread. */
let calls = 0
export const call = task(() => ++calls)

/** Doubles every byte in place, and gives the view back. */
export const double = task((bytes: Uint8Array): Uint8Array => {
  for (let i = 0; i < bytes.length; i++) bytes[i]! *= 2
  return bytes
})

/** The thread's event loop has its turn between jobs. */
export const startTimer = task((cells: Int32Array): void => {
  setTimeout(() => {
    Atomics.add(cells, 0, 1)
    Atomics.notify(cells, 0)
  }, 1)
})
