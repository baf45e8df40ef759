import { CorruptError } from '../../src/errors.ts'
import type { Carrier } from '../../src/wire/carrier.ts'
import { Reader } from '../../src/wire/reader.ts'
import { Writer } from '../../src/wire/writer.ts'

type Task = (...args: never[]) => unknown

/** Tables in this thread only, and a count of the references that are in flight. */
export class FakeCarrier implements Carrier {
  inFlight = 0
  readonly host: unknown = this
  readonly #buffers: SharedArrayBuffer[]
  readonly #tasks: Task[]

  constructor(buffers: SharedArrayBuffer[] = [], tasks: Task[] = []) {
    this.#buffers = buffers
    this.#tasks = tasks
  }

  bufferId(buffer: SharedArrayBuffer): number {
    this.inFlight++
    if (!this.#buffers.includes(buffer)) this.#buffers.push(buffer)
    return this.#buffers.indexOf(buffer)
  }

  bufferAt(id: number): SharedArrayBuffer {
    const buffer = this.#buffers[id]
    if (buffer === undefined) throw new CorruptError(`buffer ${id}`)
    this.inFlight--
    return buffer
  }

  taskId(fn: Task): number {
    return this.#tasks.indexOf(fn)
  }

  taskAt(id: number): Task {
    const task = this.#tasks[id]
    if (task === undefined) throw new CorruptError(`task ${id}`)
    return task
  }
}

export const double: (n: number) => number = n => 2 * n

export const carrier: FakeCarrier = new FakeCarrier([], [double])
export const writer: Writer = new Writer(carrier)
export const reader: Reader = new Reader(carrier)

/** What arrives of `values`, sent as one message through shared memory. */
export function cross<T extends unknown[]>(...values: T): T {
  writer.begin()
  for (const value of values) writer.value(value, 'value')
  return arrived(false, values.length) as T
}

export function crossThrown(value: unknown): unknown {
  writer.begin()
  writer.thrown(value)
  return arrived(false)[0]
}

/** Reads the message in `writer`, from the middle of shared memory. */
export function arrived(frozen: boolean, count = 1): unknown[] {
  const shared = new Int32Array(new SharedArrayBuffer(4 * (writer.length + 6)), 4)
  shared.set(writer.words.subarray(0, writer.length), 2)
  reader.begin(shared, 2, 2 + writer.length, frozen)
  return Array.from({ length: count }, () => reader.value())
}
