import { getEnvironmentData, isMainThread } from 'node:worker_threads'

import { task } from 'filch'

/** Environment data: a shared cell that counts the threads that have imported this module. */
export const IMPORTS = 'counts-imports'

/** Forks nothing, and ends once so many threads have imported this module. */
export const until = task((imports: Int32Array, threads: number): number => {
  while (Atomics.load(imports, 0) < threads);
  return threads
})

if (!isMainThread) Atomics.add(getEnvironmentData(IMPORTS) as Int32Array, 0, 1)
