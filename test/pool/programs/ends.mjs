// What holds the process and what does not.
import { Pool, run } from 'filch'

import { busy, fib, forever } from '../basic.tasks.ts'

const how = process.argv[2]
if (how === 'default') await run(fib, 20)
if (how === 'pool') await new Pool({ threads: 2 }).run(fib, 20)
if (how === 'unused') void new Pool({ threads: 2 })
if (how === 'closing') {
  const pool = new Pool({ threads: 2 })
  void pool.run(busy, 20)
  void pool.close()
}
if (how === 'canceled') {
  const pool = new Pool({ threads: 1 })
  await pool.runWith({ timeout: 20 }, forever).catch(() => {})
}
if (how === 'pending') void run(fib, 25).then(value => console.log(value))
if (how === 'pending-pool') void new Pool({ threads: 1 }).run(fib, 25).then(value => console.log(value))
console.log('last line')
