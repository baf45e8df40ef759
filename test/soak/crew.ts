import type { Worker } from 'node:worker_threads'

/** The threads of this process, as Node reports them: what a test needs to end one from outside. */
const threads = new Set<Worker>()
process.on('worker', thread => {
  threads.add(thread)
  thread.once('exit', () => threads.delete(thread))
})

/** The threads of the pool of that name that have not ended, those that still start included. */
export function crewOf(name: string): readonly Worker[] {
  return [...threads].filter(thread => thread.threadName?.startsWith(`${name} `))
}
