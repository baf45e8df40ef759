import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Runs the module in one thread for each of `data`, and returns the one message that each sends. */
export async function inThreads<Answer>(module: URL, data: readonly object[]): Promise<Answer[]> {
  const threads = data.map(workerData => new Worker(module, { workerData }))
  try {
    return await Promise.all(threads.map(async thread => ((await once(thread, 'message')) as [Answer])[0]))
  } finally {
    await Promise.all(threads.map(thread => thread.terminate()))
  }
}
