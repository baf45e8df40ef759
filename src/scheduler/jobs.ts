import { KilledError } from '../errors.ts'
import { type Arena } from '../memory/arena.ts'
import { load, replace, store } from '../memory/atomics.ts'
import type { Slab } from '../lockfree/slab.ts'
import type { Carrier } from '../wire/carrier.ts'
import { COPY, DROP, Reader, RETURN, TAKE } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'
import { blockOf, type Heap } from './heap.ts'
import type { Registry } from './registry.ts'
import {
  BLOCK,
  CANCELED,
  COUNT,
  DELIVERY,
  FREE,
  HELD,
  HOLDS,
  HOME,
  JOINED,
  KEEPER,
  isRoot,
  KEPT,
  LENGTH,
  LOCALS,
  loosen,
  NAME,
  PARENT,
  PAYLOAD,
  payloadOf,
  PINNED,
  PROGRESS,
  PUBLISHED,
  refOf,
  release,
  ROOT,
  SHIELDS,
  SLOT_SIZE,
  STATE,
  STRAYS,
  TASK,
  UNSAID,
  WATCHERS,
  withState,
} from './slot.ts'

/** In `LENGTH`: the words name envoys, and are read once or settled. Those of a result are read by any number, and settled in the end. */
const ENVOYS = 1 << 30

/** Jobs as one seat makes and reads them: slots, and the words of arguments and results in them. */
export class Jobs {
  writer: Writer
  readonly reader: Reader
  readonly #arena: Arena
  readonly #slab: Slab
  readonly heap: Heap
  readonly #prepare: (slot: number) => void

  readonly carrier: Carrier
  readonly #registry: Registry
  readonly #seat: number
  /** Arguments arrive frozen, as they are where they are not stolen. */
  readonly frozen: boolean

  constructor(registry: Registry, seat: number, carrier: Carrier, frozen: boolean) {
    this.frozen = frozen
    this.#seat = seat
    this.#registry = registry
    this.#arena = registry.arena
    this.#slab = registry.slab(seat)
    this.heap = registry.heap(seat)
    this.#prepare = registry.prepare(seat)
    this.carrier = carrier
    this.writer = new Writer(carrier)
    this.reader = new Reader(carrier)
  }

  /** What roots have been sentenced to, by slot, whose thread is ended for their sake; `use` tells which use of the slot. */
  readonly sentences: Map<number, { readonly use: number; readonly error: Error }> = new Map()

  /**
   * Set by the platform: a result that names these shared buffers goes into `slot`, in use under the state word `word`.
   * Nobody holds them for its reader, as a home holds arguments: they must stay findable until that use is over.
   */
  leave: (ids: readonly number[], slot: number, word: number) => void = () => {}

  /** Puts arguments into the writer, for the next {@link make}. */
  write(args: readonly unknown[]): void {
    this.writer.begin()
    for (let i = 0; i < args.length; i++) this.writer.value(args[i], `args[${i}]`)
  }

  /**
   * A slot for one execution of `task`, filled with the `count` arguments that the writer holds. Not visible to anybody
   * before {@link publish}. A root is its own `root`; give 0.
   */
  make(task: number, count: number, delivery: number, root: number): number {
    const slot = this.#allocate()
    this.fill(slot, task, count, delivery, root)
    if (count === 0) return slot
    try {
      this.#put(slot)
    } catch (error) {
      this.#slab.free(slot)
      throw error
    }
    return slot
  }

  /** The same in a FREE slot of this seat that is on no list, but for the words of the arguments. */
  fill(slot: number, task: number, count: number, delivery: number, root: number): void {
    const words = this.#arena.words
    words[slot + TASK] = task
    words[slot + COUNT] = count
    words[slot + DELIVERY] = delivery
    words[slot + ROOT] = delivery === JOINED ? root : slot
    words[slot + BLOCK] = 0
    words[slot + LENGTH] = 0
    // What other jobs look into; the slot may have been that of a canceled root before.
    if (delivery !== JOINED) {
      words[slot + KEEPER] = words[slot + HOME]!
      words[slot + CANCELED] = words[slot + PROGRESS] = words[slot + PARENT] = 0
      words[slot + HOLDS] = KEPT
      words[slot + WATCHERS] = words[slot + STRAYS] = words[slot + LOCALS] = 0
      words[slot + SHIELDS] = words[slot + NAME] = words[slot + PINNED] = 0
    }
  }

  #allocate(): number {
    const slot = this.#slab.allocate(this.#prepare)
    const { words } = this.#arena
    // It may have been freed by another seat. Plain: nobody else acts upon the state of a slot that is FREE.
    words[slot + STATE] = withState(words[slot + STATE]!, FREE, 0)
    return slot
  }

  /** Makes the job claimable by whoever gets its ref, which this returns, from a deque or a mailbox. */
  publish(slot: number): number {
    const words = this.#arena.words
    const word = words[slot + STATE]!
    // Atomic: a thief may come to it by an older ref than the one that follows, which is 1024 publications older and looks the same.
    store(words, slot + STATE, withState(word, PUBLISHED, 0))
    return refOf(slot, word)
  }

  /** Arguments of the job that is executed next, which nobody has written: they cannot change. `execute` takes them, or drops them. */
  handed: readonly unknown[] | undefined
  /** Its slot. */
  handedTo = 0

  /** Claimer: the arguments. */
  args(slot: number): readonly unknown[] {
    const { handed } = this
    this.handed = undefined
    if (handed !== undefined && this.handedTo === slot) return handed
    const count = this.#arena.words[slot + COUNT]!
    if (count === 0) return []
    this.#open(slot, this.frozen, TAKE)
    this.#arena.words[slot + LENGTH]! &= ~ENVOYS
    const args: unknown[] = []
    for (let i = 0; i < count; i++) args.push(this.reader.value())
    this.drop(slot)
    return args
  }

  /** Claimer: the job's result, or what it threw. Follow it by the state. Throws where a result cannot be sent. */
  conclude(slot: number, value: unknown, thrown: boolean): void {
    try {
      this.writer.begin()
      if (thrown) this.writer.thrown(value)
      else this.writer.value(value, 'result')
      // The arguments are still there if the job failed before they were read.
      this.drop(slot)
      const { buffers } = this.writer
      if (buffers.length > 0) this.leave(buffers, slot, this.#arena.words[slot + STATE]!)
      this.#put(slot)
    } catch (error) {
      if (!thrown) throw error
      // No memory for the words of an error: say so without any.
      this.#arena.words[slot + COUNT] = UNSAID
    }
  }

  /** Home: the result, or what was thrown. */
  outcome(slot: number): unknown {
    this.#open(slot, false, COPY)
    return this.reader.value()
  }

  /** Frees a slot that has ended or is HELD, wherever its home is. What a lost job leaves unread, arguments or a result, goes with it. */
  free(slot: number): void {
    this.empty(slot)
    const home = this.#arena.words[slot + HOME]!
    if (home === this.#seat) {
      release(this.#arena, slot)
      this.#slab.free(slot)
    } else {
      loosen(this.#arena, slot)
      this.#registry.slab(home).freeRemotely(slot)
    }
  }

  /** What is in it goes, before the slot is free. */
  empty(slot: number): void {
    this.#clear(slot)
    this.drop(slot)
  }

  /** Home: the slot was taken back, so it is FREE already; its arguments were never read. */
  forget(slot: number): void {
    this.#clear(slot)
    this.drop(slot, RETURN)
    this.#slab.free(slot)
  }

  /** A record that is no job, in the state HELD and with its words from PAYLOAD on as they were, but for the first, which is 0. */
  hold(delivery: number): number {
    const slot = this.#allocate()
    const words = this.#arena.words
    words[slot + DELIVERY] = delivery
    words[slot + BLOCK] = words[slot + LENGTH] = words[slot + PAYLOAD] = 0
    // Atomic: whoever takes the pool's slots one by one must not see half of it.
    store(words, slot + STATE, withState(words[slot + STATE]!, HELD, 0))
    return slot
  }

  /** A record with the message in it that the writer holds, whose shared buffers stay findable until it is discarded. */
  parcel(delivery: number): number {
    const slot = this.hold(delivery)
    const { buffers } = this.writer
    if (buffers.length > 0) this.leave(buffers, slot, this.#arena.words[slot + STATE]!)
    this.#put(slot)
    return slot
  }

  /** What is in it; it is discarded. */
  unpack(slot: number): unknown {
    this.#arena.reach(slot + SLOT_SIZE)
    this.#open(slot, false, TAKE)
    this.#arena.words[slot + LENGTH]! &= ~ENVOYS
    try {
      return this.reader.value()
    } finally {
      this.free(slot)
    }
  }

  /** Why a task was killed, as `enclose` (live/kill.ts) has put it there; the block is freed. Nothing, if there is none. */
  disclose(at: number, length: number): KilledError | undefined {
    if (at === 0) return undefined
    this.#arena.reach(at + length)
    this.reader.begin(this.#arena.words, at, at + length, false)
    try {
      return new KilledError(this.reader.value() as string, this.reader.value())
    } finally {
      this.heap.free(at)
    }
  }

  /**
   * One handle fewer may ask for the outcome of a root that has ended, or its keeper has it; who comes last frees it. It says so in the
   * same exchange: if its thread dies before the slot is free, nobody else would know of it.
   */
  letGo(slot: number, part: number): void {
    for (;;) {
      const { words } = this.#arena
      const holds = load(words, slot + HOLDS)
      const left = holds === part ? ~this.#seat : holds - part
      if (replace(words, slot + HOLDS, holds, left)) return void (left < 0 && this.bury(slot))
    }
  }

  /** Frees a root that has ended, which nobody holds any more. */
  bury(slot: number): void {
    this.forgotten(slot + WATCHERS)
    this.free(slot)
  }

  /** Tells the seats that have waited for what the list at this address stands for that it is no more. */
  forgotten: (head: number) => void = () => {}

  /** Frees name and task-local values of a root. */
  #clear(slot: number): void {
    const words = this.#arena.words
    if (!isRoot(words[slot + DELIVERY]!)) return
    const locals = words[slot + LOCALS]!
    const name = words[slot + NAME]!
    if (locals === 0 && name === 0) return
    words[slot + LOCALS] = words[slot + NAME] = 0
    for (const at of [locals === 0 ? 0 : blockOf(locals), name]) {
      if (at === 0) continue
      this.#arena.reach(at)
      this.heap.free(at)
    }
  }

  /** Frees the block of a slot, if it has one, and settles what its words name. */
  drop(slot: number, how: number = DROP): void {
    const length = this.#arena.words[slot + LENGTH]!
    if ((length & ENVOYS) !== 0) {
      const at = this.#reach(slot)
      this.#arena.words[slot + LENGTH] = length & ~ENVOYS
      this.reader.settle(this.#arena.words, at, at + (length & ~ENVOYS), how)
    }
    const block = this.#arena.words[slot + BLOCK]!
    if (block === 0) return
    this.#arena.words[slot + BLOCK] = 0
    this.#arena.reach(block)
    this.heap.free(block)
  }

  state(slot: number): number {
    return load(this.#arena.words, slot + STATE)
  }

  #put(slot: number): void {
    const { words: from, length } = this.writer
    const payload = payloadOf(this.#arena.words[slot + DELIVERY]!)
    let at = slot + payload
    if (length > SLOT_SIZE - payload) {
      try {
        at = this.heap.allocate(length)
      } catch (error) {
        this.writer.giveUp()
        throw error
      }
      this.#arena.reach(at + length)
      this.#arena.words[slot + BLOCK] = at
    }
    const words = this.#arena.words
    words[slot + LENGTH] = this.writer.hasEnvoys ? length | ENVOYS : length
    if (length > 32) words.set(from.subarray(0, length), at)
    else for (let i = 0; i < length; i++) words[at + i] = from[i]!
  }

  #open(slot: number, frozen: boolean, envoys: number): void {
    const at = this.#reach(slot)
    const { words } = this.#arena
    this.reader.begin(words, at, at + (words[slot + LENGTH]! & ~ENVOYS), frozen, envoys)
  }

  /** Where its words begin. */
  #reach(slot: number): number {
    const words = this.#arena.words
    const block = words[slot + BLOCK]!
    const at = block === 0 ? slot + payloadOf(words[slot + DELIVERY]!) : block
    this.#arena.reach(at + (words[slot + LENGTH]! & ~ENVOYS))
    return at
  }
}
