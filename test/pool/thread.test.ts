import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

import { Pool, stats } from 'filch'
import { describe, expect, it } from 'vitest'

import { add, cells } from './basic.tasks.ts'
import { child } from './child.ts'
import { failure } from './settle.ts'
import { call, deep, double, named, startTimer, variable } from './thread.tasks.ts'

describe('a thread of a pool', () => {
  it('is named after its pool and its seat', async () => {
    await using pool = new Pool({ threads: 3, name: 'mill' })
    const seen = await pool.broadcast(named)
    expect(seen.map(([index, name]) => [index, name])).toEqual([0, 1, 2].map(seat => [seat, `mill ${seat}`]))
    // What the platform knows it by.
    expect(new Set(seen.map(([, , id]) => id)).size).toBe(3)
  })

  it('has the stack that the pool was asked for', async () => {
    await using small = new Pool({ threads: 1, stackSizeMb: 1 })
    await using large = new Pool({ threads: 1, stackSizeMb: 64 })
    expect(await failure(small.run(deep, 100_000))).toBeInstanceOf(RangeError)
    expect(await large.run(deep, 100_000)).toBe(100_000)
    expect(await small.run(add, 1, 2)).toBe(3)
  })

  it('has the environment of the process', async () => {
    process.env['FILCH_TEST_VARIABLE'] = 'seen'
    await using pool = new Pool({ threads: 2 })
    delete process.env['FILCH_TEST_VARIABLE']
    expect(await pool.broadcast(variable, 'FILCH_TEST_VARIABLE')).toEqual(['seen', 'seen'])
  })

  it('has the variables of modules for itself', async () => {
    await using pool = new Pool({ threads: 3 })
    expect(await pool.broadcast(call)).toEqual([1, 1, 1])
    expect(await pool.broadcast(call)).toEqual([2, 2, 2])
    await using other = new Pool({ threads: 1 })
    expect(await other.broadcast(call)).toEqual([1])
  })

  it('serves its event loop between jobs', async () => {
    await using pool = new Pool({ threads: 1 })
    const ticks = cells(1)
    await pool.run(startTimer, ticks)
    while (Atomics.load(ticks, 0) === 0) await Atomics.waitAsync(ticks, 0, 0, 1000).value
    expect(ticks[0]).toBe(1)
  })
})

describe('memory of the platform', () => {
  it('of WebAssembly is shared with tasks', async () => {
    await using pool = new Pool({ threads: 2 })
    const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
    const bytes = new Uint8Array(buffer, 64, 4).fill(5)
    const back = await pool.run(double, bytes)
    expect([back.byteOffset, ...bytes]).toEqual([64, 10, 10, 10, 10])
    back[3] = 1
    expect(bytes[3]).toBe(1)
  })

  it('under a Buffer is shared with tasks', async () => {
    await using pool = new Pool({ threads: 2 })
    const buffer = Buffer.from(new SharedArrayBuffer(3)).fill(7)
    const back = await pool.run(double, buffer)
    expect([...buffer]).toEqual([14, 14, 14])
    back[0] = 1
    expect(buffer[0]).toBe(1)
  })
})

describe('how many threads a pool has', () => {
  it('is as many as the process may use, and said', async () => {
    const { out } = await child('says-threads.mjs')
    expect(JSON.parse(out)).toEqual([availableParallelism(), availableParallelism()])
    expect(stats().threads).toBe(Number(process.env['FILCH_THREADS'] ?? availableParallelism()))
  })

  it.runIf(process.platform === 'linux')('respects the affinity of the process', () => {
    const program = new URL('programs/says-threads.mjs', import.meta.url).pathname
    const { FILCH_THREADS: _, ...env } = process.env
    const out = execFileSync('taskset', ['-c', '0', process.execPath, program], { encoding: 'utf8', env })
    expect(JSON.parse(out)).toEqual([1, 1])
  })
})
