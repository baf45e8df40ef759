// A search whose branches nobody can foresee: fork them all, and idle workers take the largest that are left.
import { run } from 'filch'

import { place } from './02-n-queens.tasks.ts'

for (const size of [4, 6, 8, 10]) console.log(`${size} queens: ${await run(place, size, [])} ways`)
