// Shared arrays go to a thread that is still starting, and to one that is not, and come back.
import { setImmediate as turn } from 'node:timers/promises'

import { Pool } from 'filch'

import { doubled, heavy } from './light.tasks.mjs'

await using pool = new Pool({ threads: 1 })
let array = new Float64Array(new SharedArrayBuffer(64)).fill(1)
for (let round = 0; round < 3; round++) {
  const [isHeavy, result] = await pool.run(doubled, array)
  // The event loop reads what nobody has.
  for (let i = 0; i < 3; i++) await turn()
  console.log(`${result[7]} ${isHeavy} ${heavy()}`)
  array = result
}
