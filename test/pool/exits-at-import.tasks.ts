import { isMainThread } from 'node:worker_threads'

import { task } from 'filch'

export const never = task((n: number) => n)

if (!isMainThread) process.exit(3)
