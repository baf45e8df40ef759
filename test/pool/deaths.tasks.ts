import { join, task } from 'filch'

import { busy } from './basic.tasks.ts'

/** Ways for a thread to end in the middle of a task. */

interface Chain {
  readonly next: Chain | undefined
  readonly weight: readonly number[]
}

export const fill = task((): number => {
  let chain: Chain | undefined
  for (let i = 0; ; i++) chain = { next: chain, weight: [i, i + 1, i + 2] }
})

export const exit = task((code: number): never => process.exit(code))

/** Forks one that dies, and takes its time so that another thread steals it. */
export const dieBeside = task((how: string): number => {
  const forked = how === 'exit' ? exit.fork(3) : fill.fork()
  busy(500)
  return join(forked)
})
