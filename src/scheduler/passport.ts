import { CorruptError } from '../errors.ts'
import type { Carrier } from '../wire/carrier.ts'
import type { Registry } from './registry.ts'
import { type AnyFunction, recordOf } from './tasks.ts'

/** The platform's table of shared buffers that every thread of a pool can name. */
export interface Buffers {
  /** Its id; the first time, the buffer is announced to the other threads before this returns. */
  idOf(buffer: SharedArrayBuffer): number
  at(id: number): SharedArrayBuffer
}

/** What crosses by reference, for one thread of a pool. */
export class Passport implements Carrier {
  readonly #registry: Registry
  readonly #buffers: Buffers
  readonly #load: (url: string) => void
  /** The worker that this is the passport of. */
  host: unknown

  /** `load` imports a module at once, while the caller waits. */
  constructor(registry: Registry, buffers: Buffers, load: (url: string) => void) {
    this.#registry = registry
    this.#buffers = buffers
    this.#load = load
  }

  bufferId(buffer: SharedArrayBuffer): number {
    return this.#buffers.idOf(buffer)
  }

  bufferAt(id: number): SharedArrayBuffer {
    return this.#buffers.at(id)
  }

  taskId(fn: AnyFunction): number {
    const record = recordOf(fn)
    return record === undefined ? -1 : this.#registry.directory.idOf(record)
  }

  taskAt(id: number): AnyFunction {
    const { directory } = this.#registry
    const known = directory.taskOf(id)
    if (known !== undefined) return known.fn
    if (directory.keyOf(id) === undefined) throw new CorruptError(`no task has the number ${id}`)
    this.#load(directory.urlOf(id))
    const loaded = directory.taskOf(id)
    if (loaded !== undefined) return loaded.fn
    throw new CorruptError(`the module ${directory.urlOf(id)} does not declare the task ${id}`)
  }
}
