import { barrier, ivar, latch, mutex, NotSendableError, OptionError, Pool, semaphore } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { floods, mends, nine, returns, starred, takes, yields, yieldsSent } from './misuse.tasks.ts'

const pool = new Pool({ threads: 1, name: 'this' })
const other = new Pool({ threads: 1, name: 'other' })
afterAll(() => Promise.all([pool.close(), other.close()]))

const refused = async (thing: Parameters<typeof takes>[0]): Promise<void> => {
  await expect(other.run(takes, thing)).rejects.toThrow(NotSendableError)
  await expect(other.run(takes, thing)).rejects.toThrow('of another pool')
  expect(await pool.run(takes, thing)).toBe('object')
}

describe('what is of one pool', () => {
  it('does not go to another', async () => {
    await refused(ivar<number>({ pool }))
    await refused(pool.spawn(nine))
    const [sender, receiver] = pool.channel<number>()
    await refused(sender)
    await refused(receiver)
  })

  it('cannot be waited for in another', () => {
    const first = pool.spawn(nine)
    expect(() => other.spawnWith({ after: [first] }, nine)).toThrow('of another pool')
  })
})

describe('yield without a star', () => {
  it('is refused, whatever was yielded', async () => {
    await expect(pool.run(yields)).rejects.toThrow('waits by yield* alone')
    const [sender, receiver] = pool.channel<number>()
    await expect(pool.run(yieldsSent, sender)).rejects.toThrow('yield*')
    receiver.close()
    sender.close()
  })

  it('is what a task forgot that returns something to wait for', async () => {
    await expect(pool.run(returns)).rejects.toThrow('return yield*')
  })

  it('leaves the task in order', async () => {
    expect(await pool.run(mends)).toBe(9)
  })

  it('is not needed for a handle: yield* handle', async () => {
    expect(await pool.run(starred)).toBe(10)
  })
})

it('a loop that is left closes its receiver', async () => {
  const [sender, receiver] = pool.channel<number>({ capacity: 2 })
  const flood = pool.spawn(floods, sender)
  sender.close()
  const got: number[] = []
  for await (const message of receiver) {
    got.push(message)
    if (message === 5) break
  }
  expect(got).toEqual([0, 1, 2, 3, 4, 5])
  await expect(flood).rejects.toThrow('receiver')
})

it('an option that there is not is refused', () => {
  const wrong = { pol: pool } as object
  for (const make of [
    () => ivar(wrong),
    () => latch(1, wrong),
    () => barrier(2, wrong),
    () => semaphore(1, wrong),
    () => mutex(wrong),
  ])
    expect(make).toThrow(OptionError)
})
