import { getEnvironmentData, isMainThread } from 'node:worker_threads'

import { task } from 'filch'

/** Where threads find a shared word that says how many of them shall end here. */
export const DEATHS = 'deaths at import'

export const survivor = task((n: number) => 2 * n)

if (!isMainThread) {
  const deaths = getEnvironmentData(DEATHS) as Int32Array
  if (Atomics.sub(deaths, 0, 1) > 0) process.exit(3)
}
