import { DisconnectedError, Pool, select, selectWithin, type Sender } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { settled } from '../pool/settle.ts'
import * as tasks from './ends.tasks.ts'

const capacities = [undefined, 0, 1, 3, 100] as const

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const got: T[] = []
  for await (const message of from) got.push(message)
  return got
}

describe.for([0, 1, 2, 4])('with %s threads', threads => {
  const pool = new Pool({ threads })
  afterAll(() => pool.close())

  it.runIf(threads > 0)('a kill is heard by who takes one message after the other', async () => {
    const [sender, receiver] = pool.channel<number>()
    await pool.spawn(tasks.supply, sender, 0, 3_000_000)
    const begun = new Int32Array(new SharedArrayBuffer(4))
    const task = pool.spawn(tasks.insatiable, receiver, begun)
    while (Atomics.load(begun, 0) === 0) await new Promise(setImmediate)
    task.kill('enough')
    expect(await settled(task.join().then(x => x))).toMatchObject({ error: { name: 'KilledError', reason: 'enough' } })
    sender.close()
  })

  describe.for(capacities)('and capacity %s', capacity => {
    const options = capacity === undefined ? {} : { capacity }

    it('what several tasks send comes once, in the order of each', async () => {
      expect(await pool.run(tasks.funnel, 1, 300, capacity)).toEqual([300, 0])
      expect(await pool.run(tasks.funnel, 4, 200, capacity)).toEqual([800, 0])
    })

    it('nothing is received by who asked before the receiver left, and nothing is missing elsewhere', async () => {
      for (const how of ['used', 'closed', 'sent'] as const) {
        for (let round = 0; round < 5; round++) {
          expect(await pool.run(tasks.asksTooLate, how, capacity), how).toEqual(['ERR_FILCH_CHANNEL', (50 * 51) / 2])
        }
      }
    })

    it('what was sent before comes before, whoever sent it', async () => {
      expect(await pool.run(tasks.causal, 50, capacity)).toBe(true)
    })

    it('the thread outside is at either end', async () => {
      const [sender, receiver] = pool.channel<number>(options)
      const total = pool.spawn(tasks.sum, receiver)
      for (let i = 1; i <= 100; i++) await sender.send(i)
      sender.close()
      expect(await total).toBe(5050)
      const [other, mine] = pool.channel<number>(options)
      pool.spawn(tasks.supply, other, 0, 100)
      other.close()
      expect(await all(mine)).toEqual(Array.from({ length: 100 }, (_, i) => i))
    })

    it('who sends is told that the receiver is gone, and has the value back', async () => {
      expect(await pool.run(tasks.refused, capacity, false)).toEqual(['DisconnectedError', true])
      expect(await pool.run(tasks.refused, capacity, true)).toEqual(['DisconnectedError', true])
    })

    it.for(['ends', 'fails', 'killed', 'dropped'] as const)(
      'who receives is told when the last sender %s',
      async how => {
        expect(await pool.run(tasks.forsaken, how, capacity)).toBe('told')
      },
    )

    it('values arrive as they are', async () => {
      const values = [
        0,
        -0,
        1.5,
        2 ** 40,
        NaN,
        'short',
        'x'.repeat(500),
        undefined,
        null,
        true,
        12n,
        { a: [1, { b: 'c' }] },
        new Map([[1, new Set(['x'])]]),
        new Uint8Array(1000).fill(3),
      ]
      expect(await pool.run(tasks.mixed, values, capacity)).toEqual(values)
    })
  })

  it('senders go through channels, and are let go', async () => {
    expect(await pool.run(tasks.ask, 100)).toBe(328_350)
  })

  it('a receiver moves from task to task, and nothing is lost', async () => {
    const [sender, receiver] = pool.channel<number>()
    const handle = pool.spawn(tasks.pass, receiver, 20)
    for (let i = 0; i < 20; i++) sender.send(i)
    expect(await handle).toEqual(Array.from({ length: 20 }, (_, i) => i))
    expect(() => sender.send(1)).toThrow(DisconnectedError)
    expect(() => receiver.tryReceive()).toThrow(expect.objectContaining({ code: 'ERR_FILCH_CHANNEL' }) as Error)
  })

  it('a receiver comes in a result', async () => {
    expect(await pool.run(tasks.made)).toEqual([1, 2, 3])
    expect(await all(await pool.run(tasks.make))).toEqual([1, 2, 3])
  })

  it('a receiver that was sent and a sender that was closed say so', async () => {
    expect(await pool.run(tasks.moved)).toEqual([5, ['ERR_FILCH_CHANNEL', 'ERR_FILCH_CHANNEL']])
  })

  it('what cannot be sent changes nothing', async () => {
    const [message, still] = await pool.run(tasks.unsendable)
    expect(message).toContain('message[2] is a function')
    expect(still).toBe(3)
  })

  it('trying does not wait', async () => {
    expect(await pool.run(tasks.tries, 2)).toEqual([
      [true, true, false],
      [1, 2, undefined],
    ])
    expect(await pool.run(tasks.tries, 0)).toEqual([
      [false, false, false],
      [undefined, undefined, undefined],
    ])
  })

  it('tasks on one worker take turns', async () => {
    expect(await pool.run(tasks.turns, 2000)).toBe(true)
  })

  it('select loses nothing', async () => {
    expect(await pool.run(tasks.choose, 200)).toEqual([true, true, true])
    expect(await pool.run(tasks.chooseSend, 0)).toEqual([1, 'first', 'nothing'])
    expect(await pool.run(tasks.chooseSend, 2)).toEqual([1, 'first', 'nothing'])
  })

  it('a rendezvous that was given up has not happened', async () => {
    const [sender, receiver] = pool.channel<number>({ capacity: 0 })
    const insists = pool.spawn(tasks.insist, sender, 300)
    const collects = pool.spawn(tasks.collect, receiver)
    sender.close()
    await insists
    expect(await collects).toEqual([Array.from({ length: 300 }, (_, i) => i), 'DisconnectedError'])
  })

  it('select outside', async () => {
    const [a, fromA] = pool.channel<number>()
    const [b, fromB] = pool.channel<string>({ capacity: 1 })
    expect(await selectWithin(5, fromA.receive(), fromB.receive())).toBe(undefined)
    await b.send('b')
    expect(await select(fromA.receive(), fromB.receive())).toEqual({ index: 1, value: 'b' })
    const later = select(fromA.receive(), fromB.receive())
    const got = Promise.resolve(later)
    a.send(1)
    expect(await got).toEqual({ index: 0, value: 1 })
    for (const end of [a, b, fromA, fromB]) end.close()
  })

  it('a time is not over before it is', async () => {
    expect(await pool.run(tasks.naps, [30, 1, 60, 10, 0, 0.5])).toEqual([6, []])
  })

  it('a task that lives on has no end that it has closed or sent', async () => {
    const [left, made] = (await pool.run(tasks.closes, 200)) as [number, number]
    // What the last call left in registers and caches.
    expect(left).toBeLessThan(made / 10)
  })

  it('a killed task that waits on a channel leaves it', async () => {
    const [sender, receiver] = pool.channel<number>()
    const handle = pool.spawn(tasks.sum, receiver)
    sender.send(1)
    handle.kill('enough')
    await expect(Promise.resolve(handle)).rejects.toThrow('killed')
    let refused = false
    for (let i = 0; i < 10_000 && !refused; i++) {
      try {
        sender.send(i)
        await new Promise(resolve => void setImmediate(resolve))
      } catch (error) {
        refused = error instanceof DisconnectedError
      }
    }
    expect(refused).toBe(true)
  })
})

describe('the death of a thread', () => {
  it('that held the last sender is told to the receiver', async () => {
    for (let round = 0; round < 10; round++) {
      const pool = new Pool({ threads: 2 })
      const [sender, receiver] = pool.channel<number>()
      const doomed = pool.spawn(tasks.dies, sender, new Int32Array(new SharedArrayBuffer(4)))
      sender.close()
      expect(await all(receiver)).toEqual([])
      await expect(Promise.resolve(doomed)).rejects.toThrow()
      await pool.close()
    }
  })

  it('that held the receiver is told to senders, waiting or not', async () => {
    for (const capacity of [Infinity, 1, 0]) {
      const pool = new Pool({ threads: 2 })
      const [sender, receiver] = pool.channel<number>({ capacity })
      const doomed = pool.spawn(tasks.dies, receiver, new Int32Array(new SharedArrayBuffer(4)))
      const fault = await (async () => {
        for (;;) await Promise.all([sender.send(1), new Promise(resolve => void setImmediate(resolve))])
      })().catch((error: unknown) => error)
      expect(fault).toBeInstanceOf(DisconnectedError)
      await expect(Promise.resolve(doomed)).rejects.toThrow()
      await pool.close()
    }
  })

  it('loses nothing of what it has sent', async () => {
    const pool = new Pool({ threads: 2 })
    const [sender, receiver] = pool.channel<number>()
    const doomed = pool.spawn(tasks.diesSending, sender, 5000)
    sender.close()
    expect(await all(receiver)).toEqual(Array.from({ length: 5000 }, (_, i) => i))
    await expect(Promise.resolve(doomed)).rejects.toThrow()
    await pool.close()
  })

  it('drops the senders in messages that nobody will read', async () => {
    const pool = new Pool({ threads: 2 })
    const [outer, holder] = pool.channel<Sender<number>>()
    const [sender, receiver] = pool.channel<number>()
    outer.send(sender)
    sender.close()
    const doomed = pool.spawn(tasks.dies, holder as never, new Int32Array(new SharedArrayBuffer(4)))
    expect(await all(receiver)).toEqual([])
    await expect(Promise.resolve(doomed)).rejects.toThrow()
    await pool.close()
  })

  it('leaves the records of channels that it never used to channels', async () => {
    const pool = new Pool({ threads: 1 })
    expect(await settled(pool.run(tasks.crowd, 1))).toEqual({ value: 0 })
    await settled(pool.run(tasks.exits))
    for (let round = 0; round < 3; round++) expect(await settled(pool.run(tasks.crowd, 50))).toEqual({ value: 0 })
    await pool.close()
  })
})
