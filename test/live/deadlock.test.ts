import { type Handle, ivar, latch, Pool } from 'filch'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { audited } from '../pool/audit.ts'
import { cells, hold } from '../pool/basic.tasks.ts'
import { circle, parent, waits } from './deadlock.tasks.ts'

const warnings: string[] = []
const listen = (warning: Error): void => void warnings.push(warning.message)
beforeEach(() => {
  warnings.length = 0
  process.on('warning', listen)
})
afterEach(() => {
  process.off('warning', listen)
  vi.useRealTimers()
})

const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise(resolve => process.once('warning', resolve))
}
const named = (name: string) => (warning: string) => warning.includes(`of the pool ${name} `)

describe.each([0, 1, 2, 4])('with %i threads', threads => {
  const isReported = async (dedicated: boolean): Promise<void> => {
    const name = `circle ${threads} ${dedicated}`
    const pool = new Pool({ threads, name })
    const run = pool.spawn(circle, 3, dedicated)
    await until(() => warnings.some(named(name)))
    const { cycles } = await pool.dump()
    expect(cycles.map(cycle => cycle.map(one => one.name).toSorted((a, b) => a.localeCompare(b)))).toEqual([
      ['task 0', 'task 1', 'task 2'],
    ])
    const reports = warnings.filter(named(name))
    expect(reports).toHaveLength(1)
    expect(reports[0]).toMatch(/task (\d) waits for task \d waits for task \d waits for task \1\./)
    run.kill()
    await run.result()
    expect((await pool.dump()).cycles).toEqual([])
    await pool.close()
  }

  it('a circle of tasks that wait for each other is reported once, by name', () => isReported(false))

  it('so is one of tasks that have threads of their own', () => isReported(true))

  it('so is a child that waits for its parent', async () => {
    const name = `child ${threads}`
    const pool = new Pool({ threads, name })
    const own = ivar<Handle<number>>({ pool })
    const handle = pool.spawnWith({ name: 'the parent' }, parent, own)
    own.put(handle)
    await until(() => warnings.some(named(name)))
    expect(warnings.filter(named(name)).join()).toMatch(
      /the (parent|child) waits for the (child|parent) waits for the \1/,
    )
    handle.kill()
    await handle.result()
    await pool.close()
  })

  it('who waits for what may still come is not', async () => {
    await using pool = new Pool({ threads })
    const gate = latch(1, { pool })
    const all = Array.from({ length: 5 }, (_, i) => pool.spawnWith({ name: `waiter ${i}` }, waits, gate))
    const following = all[0]!.andThen(waits as never)
    const { workers, cycles } = await pool.dump()
    const living = workers.flatMap(worker => worker.tasks)
    expect(cycles).toEqual([])
    for (const { state, what } of living) if (state === 'waits') expect(what).toMatch(/a latch|the end of waiter 0/)
    gate.countDown()
    for (const one of all) await one
    following.kill()
    await following.result()
    expect(warnings.filter(text => text.includes('wait for each other'))).toEqual([])
  })
})

/** The timers of a pool's looks are fakes from now on: a look begins within `turn`. */
function fakeTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
}
async function turn(): Promise<void> {
  await new Promise(resolve => void setImmediate(resolve))
  vi.advanceTimersByTime(60_000)
}

it('nobody looks while a thread of its own works', async () => {
  fakeTimers()
  const { pool, live, inUse } = audited({ threads: 2 })
  const gate = cells(2)
  const handle = pool.spawnWith({ dedicated: true }, hold, gate)
  while (Atomics.load(gate, 0) === 0) await Atomics.waitAsync(gate, 0, 0).value
  // The errand that started it has been read.
  while (live() > 1) await turn()
  for (let i = 0; i < 1000; i++) {
    await turn()
    expect(live(), inUse()).toBe(1)
  }
  Atomics.store(gate, 1, 1)
  Atomics.notify(gate, 1)
  expect(await handle).toBe(1)
  vi.useRealTimers()
  await pool.close()
})

it('a look is no pending work', async () => {
  fakeTimers()
  const { pool, live } = audited({ threads: 2 })
  const gate = latch(1, { pool })
  const waiter = pool.spawn(waits, gate)
  for (let looks = 0; looks < 10;) {
    const before = live()
    await turn()
    // One asks each worker.
    if (live() < before + 2) continue
    looks++
    expect(pool.stats().pending).toBe(1)
  }
  gate.countDown()
  await waiter
  vi.useRealTimers()
  await pool.close()
})
