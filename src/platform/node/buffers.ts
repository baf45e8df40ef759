import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'

import { CorruptError } from '../../errors.ts'
import { add, load, pause } from '../../memory/atomics.ts'
import { now } from '../../scheduler/clock.ts'
import { ASKED, BUFFERS, type Registry } from '../../scheduler/registry.ts'
import type { Buffers } from '../../scheduler/passport.ts'
import { sameUse, STATE } from '../../scheduler/slot.ts'

/**
 * The shared buffers of a pool, by number, in every thread of it.
 *
 * A buffer can only be handed over by a message. A thread that sends one to others gives it a number, of its own even if it
 * got the buffer from another thread, and posts it to all *before* it publishes the job that names it; Node queues a
 * posted message at every receiver before `postMessage` returns, so whoever reads the job finds the announcement in its
 * queue, synchronously, however busy.
 *
 * - The maker of the pool has a port to each thread, made before the thread, so that nothing it posts is lost while that one starts. The workers
 *   have a channel in common. Its first event costs a thread 25 ms (Node loads its web client for the class of it), so workers read
 *   what is there before their event loop would (docs/adr/0004).
 * - A thread that started later than a worker's announcement asks (`wanted`), counts up `ASKED` and rings every bell; all threads look at
 *   that count when they publish, wait or are idle, and whoever has the buffer answers.
 * - When the object that was numbered is collected, its thread says so (`gone`) and the others let go of theirs. `gone` may
 *   lie in a receiver's queue right behind the announcement, so it must not be sent while anybody has still to read the
 *   number. Forks and runs are safe: their home holds the arguments until they have ended. Results are held by nobody: who
 *   returned one, a table that it made, drops it at once, while who waits for it may be blocked for as long as it likes; nor are
 *   arguments of spawned tasks, task-local values, values of an IVar.
 *   So a thread remembers which slots hold its numbers (`leave`), and sends `gone` only when each of them
 *   has been freed. That takes no message: the one reader of a result frees its slot after it has looked up
 *   what the result names. Nobody keeps a buffer for want of looking it up, and what is remembered is bounded by the slots.
 */
export type Message = { id: number; buffer: SharedArrayBuffer } | { wanted: number } | { gone: number }

/** Where other threads are reached, and reach this one: a port, or the channel of the workers. */
export interface Line {
  postMessage(message: Message): void
  close(): void
}

/** How long a thread that started late waits for an answer, in ms. Who is asked may be in the middle of a long leaf. */
const PATIENCE = 30_000
/** At least so long, in ms, between the collection of a buffer and its end for the others, so that they end in batches. */
const FAREWELL = 5_000

export class ChannelBuffers implements Buffers {
  readonly #registry: Registry
  /** To every other thread. */
  readonly lines: Set<Line> = new Set()
  /** Received, by number: kept until `gone`. */
  readonly #received = new Map<number, SharedArrayBuffer>()
  /** Numbered here. */
  readonly #numbers = new WeakMap<SharedArrayBuffer, number>()
  readonly #own = new Map<number, WeakRef<SharedArrayBuffer>>()
  readonly #collected: FinalizationRegistry<number>
  /** Slots with numbers in them, in what was written there and is held by nobody, with the word of that use. The next use takes its place. */
  readonly #unread = new Map<number, { readonly word: number; readonly ids: readonly number[] }>()
  /** Numbers of objects that were collected before the last farewell, and since. */
  #leaving: number[] = []
  #fresh: number[] = []
  #closed = false
  #timer: NodeJS.Timeout | undefined

  /** `known` is what the maker of the thread knew when it started it. */
  constructor(registry: Registry, known: ReadonlyMap<number, SharedArrayBuffer> = new Map()) {
    this.#registry = registry
    for (const [id, buffer] of known) this.#received.set(id, buffer)
    this.#collected = new FinalizationRegistry(id => this.#retire(id))
  }

  idOf(buffer: SharedArrayBuffer): number {
    const known = this.#numbers.get(buffer)
    if (known !== undefined) return known
    const id = add(this.#registry.arena.words, this.#registry.control + BUFFERS, 1) + 1
    this.#own.set(id, new WeakRef(buffer))
    this.#collected.register(buffer, id)
    this.#post({ id, buffer })
    // Last: a number that was not announced, because the stack ended here, is not used again.
    this.#numbers.set(buffer, id)
    return id
  }

  at(id: number): SharedArrayBuffer {
    const { arena, control, seats, sleepers } = this.#registry
    if (id <= 0 || id > load(arena.words, control + BUFFERS))
      throw new CorruptError(`no shared buffer has the number ${id}`)
    if (this.#find(id) === undefined) this.answer()
    for (let end = 0; ; pause()) {
      const buffer = this.#find(id)
      if (buffer !== undefined) return buffer
      if (end === 0) {
        end = now() + PATIENCE
        this.#post({ wanted: id })
        add(arena.words, control + ASKED, 1)
        for (let seat = 0; seat < seats; seat++) sleepers.wake(seat)
      } else if (now() > end) {
        throw new CorruptError(`the shared buffer ${id} was not announced within ${PATIENCE} ms`)
      }
      this.answer()
    }
  }

  /** See {@link Jobs.leave}. */
  leave(ids: readonly number[], slot: number, word: number): void {
    const before = this.#unread.get(slot)
    const kept = before !== undefined && sameUse(before.word, word) ? before.ids : []
    this.#unread.set(slot, { word, ids: [...new Set([...kept, ...ids])] })
  }

  /** Reads what has come, and answers questions in it. */
  answer(): void {
    for (const line of this.lines) {
      for (;;) {
        const received = receiveMessageOnPort(line as unknown as MessagePort)
        // Nobody posts undefined: Node gives that to a thread that is being terminated, until V8 stops it at the next loop or call.
        // To fail of it would be to end a job that is lost.
        if (received?.message === undefined) break
        this.receive(received.message as Message)
      }
    }
  }

  /** For a thread about to start: what it will not hear announced. */
  known(): Map<number, SharedArrayBuffer> {
    const known = new Map(this.#received)
    for (const [id, own] of this.#own) {
      const buffer = own.deref()
      if (buffer !== undefined) known.set(id, buffer)
    }
    return known
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    for (const line of this.lines) line.close()
  }

  #find(id: number): SharedArrayBuffer | undefined {
    return this.#received.get(id) ?? this.#own.get(id)?.deref()
  }

  #post(message: Message): void {
    for (const line of this.lines) line.postMessage(message)
  }

  /** A message that the event loop has read. */
  receive(message: Message): void {
    if ('buffer' in message) this.#received.set(message.id, message.buffer)
    else if ('gone' in message) this.#received.delete(message.gone)
    else {
      // Announced before it was asked for, but perhaps on a line that has not been read since.
      if (this.#find(message.wanted) === undefined) this.answer()
      const buffer = this.#find(message.wanted)
      if (buffer !== undefined) this.#post({ id: message.wanted, buffer })
    }
  }

  #retire(id: number): void {
    if (this.#fresh.push(id) + this.#leaving.length === 1) this.#later()
  }

  #later(): void {
    // Closed, there is nobody to tell; and what a task of an ended pool was sent stays unread, so this would never end.
    if (!this.#closed) this.#timer = setTimeout(() => this.#part(), FAREWELL).unref()
  }

  #part(): void {
    const { arena } = this.#registry
    const needed = new Set<number>()
    for (const [slot, { word, ids }] of this.#unread) {
      if (sameUse(load(arena.words, slot + STATE), word)) for (const id of ids) needed.add(id)
      else this.#unread.delete(slot)
    }
    const before = this.#leaving
    this.#leaving = this.#fresh
    this.#fresh = []
    for (const id of before) {
      if (needed.has(id)) this.#leaving.push(id)
      else {
        this.#own.delete(id)
        this.#post({ gone: id })
      }
    }
    if (this.#leaving.length > 0) this.#later()
  }
}
