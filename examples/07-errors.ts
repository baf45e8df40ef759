// What a task throws reaches the caller: same class, own properties, and the stacks of both threads.
import { run } from 'filch'

import { NoPageError, readBoth } from './07-errors.tasks.ts'

console.log(await run(readBoth, 1, 2))
try {
  await run(readBoth, 3, 40)
} catch (error) {
  if (!(error instanceof NoPageError)) throw error
  console.log(`${error.name}: ${error.message}, not ${error.page}`)
  const files = error.stack?.match(/07-errors[.\w]+(?=:)/g)
  console.log(`its stack names ${[...new Set(files)].join(' and ')}`)
}
