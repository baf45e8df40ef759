import { Pool, type Discipline } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { cells, fib } from './basic.tasks.ts'
import * as tasks from './immutability.tasks.ts'

const disciplines = ['freeze', 'copy', 'trust'] as const
const table = disciplines.flatMap(immutability => [0, 1, 2].map(threads => ({ immutability, threads })))

/** What a task sees of an object, under each. */
const changeable = { frozen: [false, false, false], threw: false, list: [1, 2, 3, 4] }
const sight: Readonly<Record<Discipline, unknown>> = {
  freeze: { frozen: [true, true, true], threw: true, list: [1, 2, 3] },
  copy: changeable,
  trust: changeable,
}

describe.for(table)('under $immutability, with $threads threads,', ({ immutability, threads }) => {
  const pool = new Pool({ threads, immutability })
  afterAll(() => pool.close())

  it('the arguments of a run are copies', async () => {
    const data = { list: [1, 2, 3], inner: { text: 'a' } }
    expect(await pool.run(tasks.look, data)).toEqual(sight[immutability])
    expect([Object.isFrozen(data), data.list]).toEqual([false, [1, 2, 3]])
  })

  it.for([false, true])('a fork sees the same, stolen or not (waits for theft: %s)', async stolen => {
    const inPlace = threads < 2
    for (let round = 0; round < 20; round++) {
      const { seen, after } = (await pool.run(tasks.handOver, cells(1), stolen)) as { seen: unknown; after: unknown[] }
      expect(seen).toEqual(sight[immutability])
      if (immutability === 'freeze') expect(after).toEqual([true, true, 3])
      if (immutability === 'copy') expect(after).toEqual([false, false, 3])
      // The one discipline under which it is the task's own affair.
      if (immutability === 'trust' && (inPlace || stolen)) expect(after).toEqual([false, false, inPlace ? 4 : 3])
    }
  })

  it('shared arrays are written both ways', async () => {
    const shared = cells(3)
    shared[2] = 1
    expect(await pool.run(tasks.share, shared)).toBe(15)
    expect([...shared]).toEqual([7, 8, 1])
    expect(pool.runSync(tasks.share, shared)).toBe(15)
    const part = shared.subarray(1)
    expect(await pool.run(tasks.write, part, 0, 3)).toBe(8)
    expect([...shared]).toEqual([7, 3, 1])
  })

  it('a shared array that a task has made is shared with whoever gets it', async () => {
    const made = await pool.run(tasks.make, 42)
    expect([...made]).toEqual([42, 0])
    Atomics.store(made, 1, 9)
    expect(await pool.run(tasks.write, made, 0, 1)).toBe(42)
    expect([...made]).toEqual([1, 9])
    const passed = await pool.run(tasks.passOn, cells(1))
    expect([...passed]).toEqual([5, 6])
    expect(await pool.run(tasks.sum, [passed, made, passed])).toBe(11)
    expect([...passed]).toEqual([5, 8])
  })

  it('many buffers cross', async () => {
    const arrays = Array.from({ length: 300 }, (_, i) => {
      const array = cells(2)
      array[0] = i
      return array
    })
    expect(await Promise.all(Array.from({ length: 4 }, () => pool.run(tasks.sum, arrays)))).toEqual(
      Array.from({ length: 4 }, () => 44_850),
    )
    expect(arrays.every(array => array[1] === 4)).toBe(true)
    expect(await pool.run(tasks.sumMine, 300)).toBe(2 * 44_850)
    expect(await pool.run(fib, 15)).toBe(610)
  })
})

describe.for(table.filter(row => row.immutability !== 'trust'))(
  'under $immutability, with $threads threads,',
  ({ immutability, threads }) => {
    const pool = new Pool({ threads, immutability })
    afterAll(() => pool.close())

    it('what changes after the fork changes nothing for it', async () => {
      for (const stolen of [false, true]) {
        for (let round = 0; round < 20; round++) {
          expect(await pool.run(tasks.changeMap, cells(1), stolen)).toEqual([1, 2])
          const frozen = immutability === 'freeze'
          expect(await pool.run(tasks.changeObject, cells(1), stolen)).toEqual([1, frozen, frozen ? 1 : 9])
        }
      }
    })
  },
)
