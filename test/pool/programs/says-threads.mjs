// A pool says how many threads it has chosen to have.
import { Pool, stats } from 'filch'

const pool = new Pool()
console.log(JSON.stringify([pool.threads, stats().threads]))
await pool.close()
