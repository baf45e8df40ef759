// A fork at every call: no threshold to choose, because a fork costs about what a call costs.
import { run } from 'filch'

import { fib } from './01-fib.tasks.ts'

console.log(`fib(30) = ${await run(fib, 30)}`)
