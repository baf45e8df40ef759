import { deepStrictEqual } from 'node:assert/strict'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { expect, it } from 'vitest'

import { Reader } from '../../src/wire/reader.ts'
import { Writer } from '../../src/wire/writer.ts'
import { double, FakeCarrier } from './fake-carrier.ts'

it('another thread reads what this one wrote, and the other way round', async () => {
  const memory = new SharedArrayBuffer(1 << 16)
  const buffers: SharedArrayBuffer[] = []
  const carrier = new FakeCarrier(buffers, [double])
  const view = new Float64Array(new SharedArrayBuffer(16))
  const value: Record<string, unknown> = {
    numbers: [1, -0, 0.1, NaN, 2n ** 70n],
    text: ['short', 'é', 'lone \ud800', 'long '.repeat(200), 'д'.repeat(500)],
    built: [
      new Map([[1, new Set(['a'])]]),
      new Date(5),
      /x/gi,
      new Uint16Array([1, 2]),
      Object.assign(new Array(2), { 1: 1 }),
    ],
    error: new TypeError('kept', { cause: { code: 7 } }),
    task: double,
    view,
  }
  value['self'] = value

  const writer = new Writer(carrier)
  writer.begin()
  writer.value(value, 'args[0]')
  const words = new Int32Array(memory)
  words.set(writer.words.subarray(0, writer.length))
  const thread = new Worker(new URL('decode.thread.ts', import.meta.url), {
    workerData: { memory, length: writer.length, buffers },
  })
  const [length] = (await once(thread, 'message')) as [number]
  await thread.terminate()

  const reader = new Reader(carrier)
  reader.begin(words, 0, length, false)
  const got = reader.value() as { value: typeof value; seen: boolean[] }
  deepStrictEqual(got.value, value)
  expect(got.seen).toEqual([true, true, true])
  expect((got.value['view'] as Float64Array).buffer).toBe(view.buffer)
  expect(view[1]).toBe(42)
})
