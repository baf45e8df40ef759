import { Pool } from 'filch'

import { advance } from '../queues.tasks.mjs'

process.on('uncaughtException', error => console.log('caught', error.message))
const pool = new Pool({ threads: 2 })
await pool.run(advance)
const fail = () => {
  throw new Error('mine')
}
const runs = [pool.runWith({ onProgress: fail }, advance), ...Array.from({ length: 20 }, () => pool.run(advance))]
// All of them end while this thread is busy, so their ends are read in one go.
for (const end = performance.now() + 60; performance.now() < end;);
const settled = await Promise.allSettled(runs)
console.log(settled.length, 'settled')
await pool.close()
