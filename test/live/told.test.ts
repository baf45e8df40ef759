import { KilledError, Pool } from 'filch'
import { describe, expect, it } from 'vitest'

import { audited } from '../pool/audit.ts'
import { cells, fib } from '../pool/basic.tasks.ts'
import { failure } from '../pool/settle.ts'
import { quiet } from './quiet.ts'
import { endless, endsAndFails, forkedEndless, sendsEnded, stubborn, waitsForEver } from './told.tasks.ts'

describe.for([1, 2, 3])('on %s threads', threads => {
  it('whoever awaits a killed task is told why, whatever it did when it was killed', async () => {
    for (let fresh = 0; fresh < 4; fresh++) {
      // Threads that have had no residents learn of a kill as well as others.
      await using pool = new Pool({ threads })
      for (let round = 0; round < 40; round++) {
        const gate = cells(1)
        const name = `the doomed ${round}`
        const handle = pool.spawnWith({ name }, round % 2 === 0 ? endless : forkedEndless, gate)
        if (round % 4 > 1) await Atomics.waitAsync(gate, 0, 0, 1000).value
        handle.kill(`round ${round}`)
        const error = await failure(Promise.resolve(handle))
        expect(error).toBeInstanceOf(KilledError)
        expect([(error as KilledError).reason, handle.status]).toEqual([`round ${round}`, 'killed'])
        expect((error as KilledError).message).toContain(`The task ${name} was killed`)
      }
      expect(await pool.run(fib, 12)).toBe(144)
    }
  })

  it('by force too, by the name that it was given', async () => {
    await using pool = new Pool({ threads })
    const gate = cells(1)
    const handle = pool.spawnWith({ name: 'the doomed' }, stubborn, gate)
    await Atomics.waitAsync(gate, 0, 0, 1000).value
    handle.kill('why', { force: true })
    const error = await failure(Promise.resolve(handle))
    expect(error).toMatchObject({ name: 'KilledError', reason: 'why' })
    expect((error as KilledError).message).toContain('The task the doomed was killed')
    expect(await pool.run(fib, 12)).toBe(144)
  })

  it('a parent is told once of a failure, also when what it waits for is there already', async () => {
    await using pool = new Pool({ threads })
    for (let round = 0; round < 200; round++) {
      expect(await failure(pool.run(endsAndFails, round))).toEqual(new RangeError(`child ${round}`))
    }
    expect(await pool.run(fib, 12)).toBe(144)
  })
})

describe.for([0, 1, 2])('with %s threads', threads => {
  it('a pool that ends before a task tells who asked to be told, and leaves no timer', async () => {
    const pool = new Pool({ threads })
    const handle = pool.spawnWith({ timeout: 2 ** 30 }, waitsForEver)
    const { promise: told, resolve } = Promise.withResolvers<unknown>()
    handle.onEnd(resolve)
    // A rejection that nobody handles fails the test run.
    await pool.destroy()
    expect(await told).toMatchObject({ ok: false, error: { name: 'PoolClosedError' } })
    expect(process.getActiveResourcesInfo().filter(name => name === 'Timeout').length).toBeLessThan(3)
  })

  it('a handle that was sent after the end of its task leaves nothing behind', async () => {
    const { pool, live } = audited({ threads })
    expect(await pool.run(sendsEnded, 50)).toBe(350)
    await quiet(live)
    await pool.close()
  })
})
