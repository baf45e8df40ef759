import { Pool } from 'filch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type Audited, audited } from '../pool/audit.ts'
import { cells } from '../pool/basic.tasks.ts'
import { settled } from '../pool/settle.ts'
import { quiet } from './quiet.ts'
import { forgives, leaves, parent, resends, several, stops } from './strays.tasks.ts'

it.for([1, 2, 4])('the first task of a worker ends after the children of its fork, %i more threads', async more => {
  for (let round = 0; round < 3; round++) {
    await using pool = new Pool({ threads: 1 + more })
    const shared = cells(3)
    await pool.run(leaves, shared)
    expect([...shared]).toEqual([1, 1, 1])
  }
})

it('a fork elsewhere that joins a child of the task and catches its error has dealt with it', async () => {
  await using pool = new Pool({ threads: 2 })
  for (let round = 0; round < 50; round++) expect(await settled(pool.run(forgives, cells(3)))).toEqual({ value: true })
})

/** Children that forks of a task have spawned on other seats. */
describe.for([2, 4])('strays, %i threads', threads => {
  let own: Audited
  beforeAll(() => {
    own = audited({ threads })
  })
  afterAll(() => own.pool.close())

  it('a child that ends before its parent knows of it is not freed under it', async () => {
    for (let round = 0; round < 200; round++) {
      expect(await settled(own.pool.run(parent, cells(2), false, false))).toEqual({ value: 1 })
    }
    await quiet(own.live)
  })

  it('a supervised one fails for itself', async () => {
    for (let round = 0; round < 50; round++) {
      expect(await settled(own.pool.run(parent, cells(2), true, true))).toEqual({ value: 1 })
    }
    await quiet(own.live)
  })

  it('another one takes its parent with it', async () => {
    for (let round = 0; round < 50; round++) {
      expect(await settled(own.pool.run(parent, cells(2), false, true))).toMatchObject({
        error: { name: 'RangeError', message: 'stray' },
      })
    }
    await quiet(own.live)
  })

  it('the handle of one that has ended can be sent, and is freed', async () => {
    for (let round = 0; round < 50; round++) {
      expect(await settled(own.pool.run(resends, cells(2)))).toEqual({ value: 21 })
    }
    await quiet(own.live)
  })

  it('a generator says why it had to stop, though its fork elsewhere does not know', async () => {
    for (let round = 0; round < 50; round++) {
      expect(await settled(own.pool.run(stops, cells(2)))).toMatchObject({
        error: { name: 'RangeError', message: 'stray' },
      })
    }
    await quiet(own.live)
  })

  it('their handles come home with the result of the fork', async () => {
    for (let round = 0; round < 50; round++) {
      expect(await settled(own.pool.run(several, cells(2), 20))).toEqual({ value: 140 })
    }
    await quiet(own.live)
  })
})
