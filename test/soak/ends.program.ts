// Brings a pool into a state, says `ready`, and ends in the way asked for, or is ended by a signal.
import { Pool, run } from 'filch'

import { add, busy, cells, hold } from '../pool/basic.tasks.ts'

const [state, end] = process.argv.slice(2)
const runs: Promise<unknown>[] = []
// Runs end by themselves only where the process is to end by itself.
const long = end === 'main' ? 100 : 60_000
if (state === 'default') runs.push(run(busy, long))
else {
  const pool = new Pool({ threads: 2 })
  if (state !== 'idle') await pool.broadcast(add, 1, 2)
  if (state === 'running' || state === 'queued') {
    const gate = cells(2)
    if (end === 'main') runs.push(pool.run(busy, long))
    else {
      // Threads that block in a task of their own.
      runs.push(pool.run(hold, gate), pool.run(hold, gate))
      for (let begun = 0; (begun = Atomics.load(gate, 0)) < 2;) await Atomics.waitAsync(gate, 0, begun).value
    }
  }
  if (state === 'queued') runs.push(...Array.from({ length: 50 }, () => pool.run(add, 1, 2)))
}
if (runs.length > 0) void Promise.all(runs).then(() => console.log('all'))
console.log('ready')
if (end === 'exit') process.exit(7)
if (end === 'throw') throw new Error('thrown by the program, as it should be')
// A pool that is idle does not hold the process.
if (end?.startsWith('SIG') === true) setInterval(() => {}, 2 ** 30)
