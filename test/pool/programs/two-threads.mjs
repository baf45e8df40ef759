// A pool in the main thread and one in another thread, at the same time, each with buffers of its own.
import { Worker, isMainThread, parentPort } from 'node:worker_threads'

import { Pool } from 'filch'

import { first } from '../queues.tasks.mjs'

const mine = isMainThread ? 111 : 222
const other = isMainThread ? new Worker(new URL(import.meta.url)) : parentPort
const pool = new Pool({ threads: 1 })
await pool.run(first, new Int32Array(new SharedArrayBuffer(4)))
// Both pools are there before either goes on.
const met = new Promise(resolve => other.once('message', resolve))
other.postMessage('here')
await met
let wrong = 0
for (let i = 0; i < 100; i++) {
  const cells = new Int32Array(new SharedArrayBuffer(4)).fill(mine)
  if ((await pool.run(first, cells)) !== mine) wrong++
}
await pool.close()
console.log(`${wrong} wrong`)
