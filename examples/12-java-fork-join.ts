// Java's ForkJoinTask, verb by verb; docs/from-java.md has the rest of them.
import { setTimeout } from 'node:timers/promises'

import { Pool, shared } from 'filch'

import { addInParts, both, countPrimes, square } from './12-java-fork-join.tasks.ts'

await using pool = new Pool() // new ForkJoinPool(); without one, `run` uses the common pool

// invoke(new CountPrimes(0, 50_000))
console.log(`${await pool.run(countPrimes, 0, 50_000)} primes`)

// submit(task).get(60, SECONDS): the wait would end after so long, the task would go on
const future = pool.spawn(countPrimes, 0, 100_000)
const found = await Promise.race([future, setTimeout(60_000, 'not yet', { ref: false })])
console.log(`${found} primes, ${future.status}`)

const values = shared.f64(10_000, i => i)
await pool.run(square, values, 0, values.length)
console.log(`9999 squared is ${values[9999]}`)

const [primes, inside] = await pool.run(both, 20_000)
console.log(`${primes} primes, ${inside} darts of 20000 inside`)

console.log(await pool.run(addInParts, 10_000))
