import { channel, type DisconnectedError, Pool } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { cells } from '../pool/basic.tasks.ts'
import { failure } from '../pool/settle.ts'
import * as tasks from './rows.tasks.ts'

describe.for([0, 1, 2, 4])('with %s threads', threads => {
  const pool = new Pool({ threads })
  afterAll(() => pool.close())

  it.for([undefined, 16, 0])(
    'what many send to one arrives once, in the order of each (capacity %s)',
    async capacity => {
      const arrived = await pool.run(tasks.gather, 5, 200, capacity)
      expect(arrived).toHaveLength(1000)
      for (let who = 0; who < 5; who++) {
        const counts = arrived.filter(([sender]) => sender === who).map(([, count]) => count)
        expect(counts).toEqual(Array.from({ length: 200 }, (_, i) => i))
      }
    },
  )

  it('what was sent does not change', async () => {
    expect(await pool.run(tasks.changesWhatItSent)).toEqual([2, 1, 2])
  })

  it('bounded, rendezvous, select, and the end', async () => {
    expect(await pool.run(tasks.kinds)).toEqual([
      [true, true, false],
      [1, true],
      false,
      'met',
      1,
      [1, 2],
      4,
      ['DisconnectedError', undefined],
      ['DisconnectedError', 'back'],
    ])
  })

  it('a task is spawned with a channel in, out or both', async () => {
    expect(await pool.run(tasks.converses, ['a', 'b', 'c'])).toEqual(['a!', 'b!', 'c!'])
  })

  it('two tasks tell each other things, on one worker or on two', async () => {
    for (let on = 0; on < Math.max(1, threads); on++) expect(await pool.run(tasks.pingPong, 2000, on)).toBe(2000)
  })
})

it('a sender works where its task was taken to', async () => {
  await using pool = new Pool({ threads: 2 })
  for (let round = 0; round < 20; round++) {
    expect(await pool.run(tasks.sendsFromElsewhere, cells(1))).toEqual([true, true])
  }
})

it('a dedicated task, a task that waits and the thread that made the pool talk to each other', async () => {
  await using pool = new Pool({ threads: 2 })
  const [first, second] = pool.channel<number>({ capacity: 4 })
  const [third, last] = pool.channel<number>()
  const ends = [pool.spawnWith({ dedicated: true }, tasks.numbers, first, 50), pool.spawn(tasks.squares, second, third)]
  first.close()
  third.close()
  const seen: number[] = []
  for await (const n of last) seen.push(n)
  expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i * i))
  await Promise.all(ends)

  const [mine, theirs] = pool.channel<number>()
  const sum = pool.spawnWith({ dedicated: true }, tasks.blocksInReceive, theirs)
  for (let i = 0; i < 100; i++) await mine.send(i)
  mine.close()
  expect(await sum).toBe(4950)
})

it('each end does what it is for, and says so when there is nobody', async () => {
  await using pool = new Pool({ threads: 1 })
  const [sender, receiver] = pool.channel<string>()
  expect(['receive', 'tryReceive', 'forEach'].filter(name => name in sender)).toEqual([])
  expect(['send', 'trySend', 'clone'].filter(name => name in receiver)).toEqual([])
  receiver.close()
  const error = await failure(Promise.resolve().then(() => sender.send('lost')))
  expect(error).toMatchObject({ name: 'DisconnectedError', value: 'lost' } satisfies Partial<DisconnectedError>)
  sender.close()

  const [own, end] = channel<number>()
  expect(own.trySend(1)).toBe(true)
  expect(await end.receive()).toBe(1)
  own.close()
  end.close()
})

it('a number that is sent and received makes no object', async () => {
  await using pool = new Pool({ threads: 1 })
  expect(await pool.run(tasks.growth, 32_000)).toBeLessThan(32_000)
})

it('whoever waits on the same worker is next, before what is queued there', async () => {
  await using pool = new Pool({ threads: 1 })
  for (let round = 0; round < 50; round++) {
    const order = cells(3)
    await pool.run(tasks.handsOff, order)
    expect([...order]).toEqual([2, 1, 2])
  }
})
