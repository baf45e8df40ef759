import { FilchError, Pool, select } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { failure } from '../pool/settle.ts'
import { permits, receives } from './once.tasks.ts'

describe.for([0, 1, 2])('with %s threads', threads => {
  const pool = new Pool({ threads })
  afterAll(() => pool.close())

  it('a task waits for a thing once', async () => {
    const code = 'ERR_FILCH_WAIT'
    expect(await pool.run(receives)).toEqual(['first', code, code, 'ERR_FILCH_OPTION', 'third'])
    expect(await pool.run(permits)).toEqual([code, code, 0, true, false])
  })

  it('outside it is one promise, whoever awaits it', async () => {
    const [sender, receiver] = pool.channel<number>()
    const next = receiver.receive()
    const both = Promise.all([next, next.then(n => n + 1)])
    sender.send(1)
    sender.send(2)
    expect(await both).toEqual([1, 2])
    expect(await next).toBe(1)
    expect(await receiver.receive()).toBe(2)
    const lost = receiver.receive()
    const [other, here] = pool.channel<number>()
    other.send(3)
    expect(await select(lost, here.receive())).toEqual({ index: 1, value: 3 })
    const error = await failure(Promise.resolve(lost))
    expect(error instanceof FilchError && error.code).toBe('ERR_FILCH_WAIT')
    sender.send(4)
    expect(await receiver.receive()).toBe(4)
  })
})
