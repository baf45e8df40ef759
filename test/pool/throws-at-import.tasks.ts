import { isMainThread } from 'node:worker_threads'

import { task } from 'filch'

if (!isMainThread) throw new TypeError('not in a worker')

export const never = task((n: number) => n)
