import { WorkerLostError } from 'filch'
import { describe, expect, it } from 'vitest'

import { audited } from '../pool/audit.ts'
import { cells } from '../pool/basic.tasks.ts'
import { failure, settled } from '../pool/settle.ts'
import { quiet } from './quiet.ts'
import { bequeath, forsake, keeper, open, seven } from './deaths.tasks.ts'

async function passed(gate: Int32Array<SharedArrayBuffer>, at: number, count = 1): Promise<void> {
  for (;;) {
    const now = Atomics.load(gate, at)
    if (now >= count) return
    await Atomics.waitAsync(gate, at, now, 1000).value
  }
}

it('a thread of its own dies, and the detached tasks that it has spawned leave nothing behind', async () => {
  const { pool, live } = audited({ threads: 1, idleTimeout: 50 })
  for (let round = 0; round < 10; round++) {
    const gate = cells(1)
    const bequeathed = pool.spawnWith({ dedicated: true }, bequeath, gate, 50)
    expect(await failure(Promise.resolve(bequeathed))).toBeInstanceOf(WorkerLostError)
    await passed(gate, 0, 50)
  }
  await quiet(live)
  await pool.close()
})

/** Threads that die with tasks on them that live on. */
describe.for([1, 2, 4])('a thread dies, %i threads', threads => {
  it('and detached tasks that it has spawned run all the same', async () => {
    const { pool, live } = audited({ threads })
    for (let round = 0; round < 10; round++) {
      const gate = cells(1)
      expect(await failure(pool.run(bequeath, gate, 50))).toBeInstanceOf(WorkerLostError)
      await passed(gate, 0, 50)
      expect(await settled(pool.run(seven))).toEqual({ value: 7 })
    }
    await quiet(live)
    await pool.close()
  })
})

describe.for([2, 4])('a thread dies, %i threads', threads => {
  it('and what it kept stays for those who have its handle', async () => {
    const { pool, live } = audited({ threads })
    for (let round = 0; round < 10; round++) {
      const gate = cells(4)
      expect(await failure(pool.spawnWith({ on: 0 }, keeper, gate).then(x => x))).toBeInstanceOf(WorkerLostError)
      // Slots that were freed are in use again, and end otherwise.
      expect(await Promise.all(Array.from({ length: 300 }, () => pool.run(seven)))).toHaveLength(300)
      open(gate, 1)
      await passed(gate, 3)
      expect(gate[2]).toBe(1)
    }
    await quiet(live)
    await pool.close()
  })

  it('and what was stolen from it spawns no child for somebody else', async () => {
    const { pool, live } = audited({ threads })
    for (let round = 0; round < 10; round++) {
      const gate = cells(4)
      expect(await failure(pool.run(forsake, gate))).toBeInstanceOf(WorkerLostError)
      const others = Array.from({ length: 300 }, () => pool.run(seven))
      open(gate, 1)
      await passed(gate, 3)
      expect(gate[2]).toBe(1)
      expect(await Promise.all(others)).toHaveLength(300)
    }
    await quiet(live)
    await pool.close()
  })
})
