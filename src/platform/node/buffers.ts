import { BroadcastChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'

import { CorruptError } from '../../errors.ts'
import { add, load, pause } from '../../memory/atomics.ts'
import type { Buffers } from '../../scheduler/passport.ts'
import { BUFFERS, type Registry } from '../../scheduler/registry.ts'

/**
 * The shared buffers of a pool, by number, in every thread of it.
 *
 * A buffer can only be handed over by a message. Whoever names one first posts it to all *before* it publishes the job that
 * names it, and Node queues a posted message at every receiver before `postMessage` returns: so whoever reads the job finds the
 * announcement in its queue, synchronously, however busy. A thread that started later asks (`wanted`), and the caller's or any
 * other thread answers.
 */
interface Announcement {
  readonly id: number
  readonly buffer: SharedArrayBuffer
}
interface Wanted {
  readonly wanted: number
}

/** How long a thread that started late waits for an answer, in ms. */
const PATIENCE = 10_000

export class ChannelBuffers implements Buffers {
  readonly #registry: Registry
  readonly #channel: BroadcastChannel
  readonly #byId = new Map<number, SharedArrayBuffer>()
  readonly #ids = new WeakMap<SharedArrayBuffer, number>()

  /** `name` is the pool's, and unique in the process. */
  constructor(registry: Registry, name: string) {
    this.#registry = registry
    this.#channel = new BroadcastChannel(name)
    this.#channel.onmessage = event => this.#receive((event as { data: unknown }).data)
    this.#channel.unref()
  }

  idOf(buffer: SharedArrayBuffer): number {
    const known = this.#ids.get(buffer)
    if (known !== undefined) return known
    const id = add(this.#registry.arena.words, this.#registry.control + BUFFERS, 1) + 1
    this.#enter(id, buffer)
    this.#channel.postMessage({ id, buffer } satisfies Announcement)
    return id
  }

  at(id: number): SharedArrayBuffer {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    if (id <= 0 || id > load(this.#registry.arena.words, this.#registry.control + BUFFERS)) {
      throw new CorruptError(`no shared buffer has the number ${id}`)
    }
    this.#drain()
    if (!this.#byId.has(id)) this.#channel.postMessage({ wanted: id } satisfies Wanted)
    for (const end = performance.now() + PATIENCE; performance.now() < end; pause()) {
      this.#drain()
      const buffer = this.#byId.get(id)
      if (buffer !== undefined) return buffer
    }
    throw new CorruptError(`the shared buffer ${id} was not announced within ${PATIENCE} ms`)
  }

  close(): void {
    this.#channel.close()
  }

  #drain(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#channel as unknown as MessagePort)
      if (received === undefined) return
      this.#receive(received.message)
    }
  }

  #receive(message: unknown): void {
    const { id, buffer, wanted } = message as Partial<Announcement & Wanted>
    if (id !== undefined && buffer !== undefined && !this.#byId.has(id)) this.#enter(id, buffer)
    if (wanted === undefined) return
    const asked = this.#byId.get(wanted)
    if (asked !== undefined) this.#channel.postMessage({ id: wanted, buffer: asked } satisfies Announcement)
  }

  #enter(id: number, buffer: SharedArrayBuffer): void {
    this.#byId.set(id, buffer)
    this.#ids.set(buffer, id)
  }
}
