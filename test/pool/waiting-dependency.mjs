import { threadId } from 'node:worker_threads'

// Whoever imports this module is evaluated after a wait.
await Promise.resolve()

/** Milliseconds to be busy for: some threads longer than others. */
export const load = 20 * threadId
