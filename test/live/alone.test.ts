import { barrier, DisconnectedError, ivar, latch, mutex, Pool, select, semaphore } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

/** In the next turn of this thread, when all that it has begun to wait for is waited for. */
const later = (act: () => unknown): void => void setImmediate(act)

describe.for([0, 2])(
  'outside of tasks, with %s threads, who waits is resumed by what the same thread does',
  threads => {
    const pool = new Pool({ threads })
    afterAll(() => pool.close())

    it('an IVar', async () => {
      const value = ivar<number>({ pool })
      later(() => value.put(3))
      expect(await value.get()).toBe(3)
    })

    it('a latch', async () => {
      const gate = latch(1, { pool })
      later(() => gate.countDown())
      await gate.wait()
    })

    it('a semaphore', async () => {
      const permits = semaphore(1, { pool })
      await permits.acquire()
      later(() => permits.release())
      await permits.acquire()
    })

    it('a mutex', async () => {
      const lock = mutex({ pool })
      const guard = await lock.lock()
      later(() => guard[Symbol.dispose]())
      await lock.lock()
    })

    it('a barrier', async () => {
      const line = barrier(2, { pool })
      later(async () => await line.wait())
      await line.wait()
    })

    it.for([0, 1, Infinity])('a channel of capacity %s', async capacity => {
      const [sender, receiver] = pool.channel<number>({ capacity })
      later(async () => await sender.send(1))
      expect(await receiver.receive()).toBe(1)
      later(() => sender.close())
      await expect(receiver.receive()).rejects.toThrow(DisconnectedError)
    })

    it('a full channel', async () => {
      const [sender, receiver] = pool.channel<number>({ capacity: 1 })
      await sender.send(1)
      later(async () => await receiver.receive())
      await sender.send(2)
      later(() => receiver.close())
      await expect(sender.send(3)).rejects.toThrow(DisconnectedError)
    })

    it('a select', async () => {
      const [, none] = pool.channel<number>()
      const [sender, receiver] = pool.channel<number>()
      later(async () => await sender.send(9))
      expect(await select(none.receive(), receiver.receive())).toEqual({ index: 1, value: 9 })
    })
  },
)
