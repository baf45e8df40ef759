// CPU time of a process whose pool of four threads has worked and now does nothing.
import { Pool } from 'filch'

import { fib } from '../basic.tasks.ts'

const pool = new Pool({ threads: 4 })
await Promise.all(Array.from({ length: 64 }, () => pool.run(fib, 18)))
// This thread sleeps as well; what a spell of work leaves behind (collections, the optimizer) is not idling.
const quiet = new Int32Array(new SharedArrayBuffer(4))
Atomics.wait(quiet, 0, 0, 1000)
const before = process.cpuUsage()
const start = performance.now()
Atomics.wait(quiet, 0, 0, 2000)
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ cpu: (user + system) / 1000, wall: performance.now() - start }))
await pool.close()
