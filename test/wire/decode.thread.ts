import { parentPort, workerData } from 'node:worker_threads'

import { Reader } from '../../src/wire/reader.ts'
import { Writer } from '../../src/wire/writer.ts'
import { double, FakeCarrier } from './fake-carrier.ts'

/** Reads a message from shared memory, looks at it, and writes what it saw back. */
const { memory, length, buffers } = workerData as {
  memory: SharedArrayBuffer
  length: number
  buffers: SharedArrayBuffer[]
}
const carrier = new FakeCarrier(buffers, [double])
const words = new Int32Array(memory)
const reader = new Reader(carrier)
reader.begin(words, 0, length, true)
const value = reader.value() as { task: typeof double; view: Float64Array; error: Error; self: unknown }
value.view[1] = value.task(21)

const writer = new Writer(carrier)
writer.begin()
writer.value(
  { value, seen: [value.self === value, value.error instanceof TypeError, Object.isFrozen(value)] },
  'result',
)
words.set(writer.words.subarray(0, writer.length))
parentPort?.postMessage(writer.length)
