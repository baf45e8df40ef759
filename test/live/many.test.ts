import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { ivar, latch } from 'filch'

import { type Audited, audited } from '../pool/audit.ts'
import { chain, cut, many, plain } from './many.tasks.ts'

/** A kill makes an error with a stack, and 50 us of work. */
const SOME = 4000

/** So many tasks that wait at once (bench/live/suspended.ts has a million). */
describe.for([0, 1, 2])('many who wait, %i threads', threads => {
  const MANY = threads === 2 ? 100_000 : 10_000
  let own: Audited
  beforeAll(() => {
    own = audited({ threads })
  })
  afterAll(() => own.pool.close())

  const gates = (n: number) => [ivar<number>({ pool: own.pool }), latch(n, { pool: own.pool })] as const
  const living = async () => (await own.pool.dump()).workers.flatMap(({ tasks }) => tasks)

  it('all go on, and each has its result', async () => {
    const [gate, reached] = gates(MANY)
    const results = own.pool.run(many, gate, reached, MANY)
    await reached.wait()
    expect(own.live()).toBeGreaterThan(MANY)
    gate.put(3)
    expect(await results).toEqual(Array.from({ length: MANY }, (_, i) => 3 * i))
    expect(await living()).toEqual([])
  })

  it('all are killed, the oldest first', async () => {
    const [gate, reached] = gates(SOME)
    expect(await own.pool.run(cut, gate, reached, SOME)).toBe(SOME)
    expect(await living()).toEqual([])
  })

  it('the end of their parent ends them', async () => {
    const [gate, reached] = gates(SOME)
    const handle = own.pool.spawn(many, gate, reached, SOME)
    await reached.wait()
    handle.kill('parent')
    expect(await handle.result()).toMatchObject({ ok: false, error: { reason: 'parent' } })
    expect(await living()).toEqual([])
  })

  it('a chain in which each waits for the one before it', async () => {
    const [gate, reached] = gates(SOME)
    const sum = own.pool.run(chain, gate, reached, SOME)
    await reached.wait()
    gate.put(2)
    expect(await sum).toBe(SOME * (SOME - 1))
  })

  // Without threads its join would keep this one from opening the gate.
  it.runIf(threads > 0)('a plain task joins them', async () => {
    const [gate, reached] = gates(SOME)
    const sum = own.pool.run(plain, gate, reached, SOME)
    await reached.wait()
    gate.put(2)
    expect(await sum).toBe(SOME * (SOME - 1))
  })
})
