import { isMainThread } from 'node:worker_threads'

import { task } from 'filch'

/** One more than the workers declare: to them, each of the next is its neighbour. */
export const debug: unknown = isMainThread ? task((x: number) => `debug ${x}`) : undefined

export const add = task((x: number) => x + 1)
export const multiply = task((x: number) => x * 10)
