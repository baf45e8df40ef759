import { Pool } from 'filch'
import { expect, it } from 'vitest'

import { catches } from './order.tasks.ts'

it('what was handed over to a receiver that is thrown out of its wait comes before what was sent after it', async () => {
  await using pool = new Pool({ threads: 1 })
  expect(await pool.run(catches)).toEqual(['KilledError', 1, 2])
})
