import { Pool } from 'filch'

import { advance, fail } from '../queues.tasks.mjs'

const pool = new Pool({ threads: 1 })
await pool.run(advance)
// As programs do that want to look at call sites.
Error.prepareStackTrace = (_, sites) => ({ sites })
const failing = pool.run(fail)
const runs = Array.from({ length: 20 }, () => pool.run(advance))
// All of them end while this thread is busy, so their ends are read in one go.
for (const end = performance.now() + 60; performance.now() < end;);
await failing.catch(error => console.log('rejected', error.message))
const settled = await Promise.allSettled(runs)
console.log(settled.filter(end => end.status === 'fulfilled').length, 'resolved')
await pool.close()
