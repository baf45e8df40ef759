// Haskell's Par monad: values to come (IVars) that are put once, and tasks that wait for them. The same result on any number of threads.
import { run } from 'filch'

import { eulers, sheet, sumEuler } from './14-par-monad.tasks.ts'

console.log(`parMap: ${(await run(eulers, [10, 100, 1000])).join(' ')}`)
console.log(`parMapReduceRange: ${await run(sumEuler, 1000)}`)
console.log(`sheet: ${(await run(sheet, [[1, 1, 2], [10, 2], [100], [0, 0, 1]])).join(' ')}`)
