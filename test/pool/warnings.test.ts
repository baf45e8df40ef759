import { once } from 'node:events'

import { Pool, WorkerLostError } from 'filch'
import { expect, it } from 'vitest'

import { SOLO } from '../support/mode.ts'
import { exit } from './life.tasks.ts'
import { failure } from './settle.ts'

it('a thread that is replaced is told of, by name, to whoever listens', async () => {
  await using pool = new Pool({ threads: 1, name: 'mill' })
  const told = once(process, 'warning') as Promise<Error[]>
  expect(await failure(pool.run(exit, 7))).toBeInstanceOf(WorkerLostError)
  const [warning] = await told
  expect(warning).toMatchObject({ name: 'FilchWarning' })
  expect(warning!.message).toBe(
    `A thread of the pool mill ended${SOLO ? '' : ' and is replaced'}: its thread exited with code 7.`,
  )
})
