// Ends while threads import a module that waits at its top level. Node aborts a process that ends such a thread (134, or 133).
import { Pool } from 'filch'

import { inc } from '../waiting.tasks.mjs'

const pool = new Pool({ threads: 4 })
console.log(await pool.run(inc, 1))
if (process.argv[2] === 'by exit') process.exit(0)
if (process.argv[2] === 'by destroy') await pool.destroy()
