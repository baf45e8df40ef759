import { memory, Pool } from 'filch'
import { expect, it } from 'vitest'

import { cells, fib, hold } from '../pool/basic.tasks.ts'
import { settled } from '../pool/settle.ts'
import { keep, keptLength } from './memory.tasks.ts'

const MB = 2 ** 20

it('tells what each thread holds, and what is under way', async () => {
  await using pool = new Pool({ threads: 2, maxHeapMb: 128 })
  await pool.run(fib, 18)
  const before = await memory(pool)
  expect(before.map(({ worker }) => worker)).toEqual([0, 1])
  for (const { heapUsed, heapTotal, heapLimit, shared } of before) {
    expect(heapUsed).toBeGreaterThan(0)
    expect(heapTotal).toBeGreaterThanOrEqual(heapUsed)
    // What was asked for is the old generation's; the young one comes on top.
    expect(heapLimit / MB).toBeGreaterThan(120)
    expect(heapLimit / MB).toBeLessThan(500)
    expect(shared).toBeGreaterThan(0)
  }
  // The two reports may see each other.
  for (const { jobs } of before) expect(jobs).toBeLessThanOrEqual(1)

  await pool.broadcast(keep, 3_000_000)
  const after = await memory(pool)
  for (const [i, { heapUsed }] of after.entries()) expect(heapUsed - before[i]!.heapUsed).toBeGreaterThan(16 * MB)
  expect(await pool.broadcast(keptLength)).toEqual([3_000_000, 3_000_000])
})

it('counts what has not ended, and answers when a worker has time', async () => {
  await using pool = new Pool({ threads: 2 })
  const gate = cells(2)
  const holding = Array.from({ length: 2 }, () => pool.run(hold, gate))
  while (Atomics.load(gate, 0) < 2) await Atomics.waitAsync(gate, 0, Atomics.load(gate, 0), 1000).value
  const queued = Array.from({ length: 10 }, () => pool.run(fib, 3))
  const report = memory(pool)
  // Both workers are blocked.
  expect(await settled(report, 50)).toBe('hangs')
  Atomics.store(gate, 1, 1)
  Atomics.notify(gate, 1)
  expect((await report).length).toBe(2)
  await Promise.all([...holding, ...queued])
  for (const { jobs } of await memory(pool)) expect(jobs).toBeLessThanOrEqual(1)
})

it('is of the default pool if none is given', async () => {
  const reports = await memory()
  expect(reports.length).toBeGreaterThan(0)
  await using none = new Pool({ threads: 0 })
  expect(await memory(none)).toMatchObject([{ worker: 0, jobs: 0 }])
})
