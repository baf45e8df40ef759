/**
 * 32-bit words into values: the other half of `writer.ts`. The shape of a message is in `tags.ts`.
 *
 * The words may lie in shared memory, which any task may overwrite at any time. So they are input: each word is read
 * once, each count and length is held against the words that are left before anything is allocated for it, and what no
 * writer wrote ends in a `CorruptError`. A changed message may still decode to a wrong value, never to memory outside
 * of it.
 */
import { CorruptError } from '../errors.ts'
import type { Carrier } from './carrier.ts'
import { envoyClass } from './envoy.ts'
import { assemble, define } from './error.ts'
import { VIEWS } from './kinds.ts'
import * as tag from './tags.ts'
import { CONSTANTS, MAX_DEPTH, TAG_BITS, TAG_MASK } from './tags.ts'
import { readKey, readText } from './text.ts'

/** What becomes of the envoys in a message: see `EnvoyClass`. */
export const TAKE = 0
export const COPY = 1
export const DROP = 2
export const RETURN = 3

const double = new Float64Array(1)
const doubleWords = new Int32Array(double.buffer)

export class Reader {
  readonly #carrier: Carrier
  #words = new Int32Array(0)
  #at = 0
  #end = 0
  #frozen = false
  #depth = 0
  #envoys = TAKE
  /** The objects of this message by number. */
  #objects: unknown[] = []

  constructor(carrier: Carrier) {
    this.#carrier = carrier
  }

  /**
   * Starts on the message in `words` from `at` to before `end`. With `frozen`, its plain objects and arrays are frozen; `envoys`
   * says what becomes of those in it.
   */
  begin(words: Int32Array, at: number, end: number, frozen: boolean, envoys: number = TAKE): void {
    if (at !== at >>> 0 || !(at <= end && end <= words.length)) throw new CorruptError(`a message at ${at} to ${end}`)
    this.#words = words as Int32Array<ArrayBuffer>
    this.#at = at
    this.#end = end
    this.#frozen = frozen
    this.#envoys = envoys
    this.#depth = 0
    this.#objects = []
  }

  /** The next value of the message. */
  value(): unknown {
    const value = this.#next()
    // The message may be garbage from here on, though not its values.
    if (this.#at === this.#end && this.#objects.length > 0) this.#objects = []
    return value
  }

  #recalled: (() => void)[] = []

  /** Instead of reading: settles what the message refers to. Does not throw, whatever the words say. */
  settle(words: Int32Array, at: number, end: number, how: number): void {
    try {
      this.begin(words, at, end, false, how)
      while (this.#at < this.#end) this.#next()
    } catch (error) {
      if (!(error instanceof CorruptError)) throw error
    }
    this.#objects = []
    for (const recall of this.#recalled.splice(0)) recall()
  }

  #next(): unknown {
    return this.#read(this.#word())
  }

  #read(head: number): unknown {
    switch (head & TAG_MASK) {
      case tag.SMALL:
        return head >> TAG_BITS
      case tag.INT:
        return this.#word()
      case tag.FLOAT:
        doubleWords[0] = this.#word()
        doubleWords[1] = this.#word()
        return double[0]
      case tag.CONSTANT:
        if (head >>> TAG_BITS < CONSTANTS.length) return CONSTANTS[head >>> TAG_BITS]
        break
      case tag.ASCII:
      case tag.UTF16:
        return this.#text(head, false)
      case tag.REF: {
        const object = this.#objects[head >>> TAG_BITS]
        // Also a view that refers to itself: it is not there yet.
        if (object !== undefined) return object
        break
      }
      case tag.TASK:
        return this.#carrier.taskAt(this.#word())
      case tag.BIGINT: {
        const digits = this.#string()
        const magnitude = this.#try(() => BigInt(`0x${digits}`))
        return head >>> TAG_BITS === 1 ? -magnitude : magnitude
      }
      default:
        return this.#object(head, head >>> TAG_BITS)
    }
    throw this.#corrupt()
  }

  #object(head: number, n: number): unknown {
    if (++this.#depth > MAX_DEPTH) throw this.#corrupt()
    const object = this.#make(head, n)
    this.#depth--
    return object
  }

  #make(head: number, n: number): unknown {
    switch (head & TAG_MASK) {
      case tag.OBJECT:
        return this.#entries({}, n)
      case tag.BARE:
        return this.#entries(Object.create(null) as Record<string, unknown>, n)
      case tag.ARRAY:
        return this.#array(n)
      case tag.SPARSE:
        return this.#sparse(n)
      case tag.MAP:
        return this.#map(n)
      case tag.SET:
        return this.#set(n)
      case tag.DATE:
        return this.#keep(new Date(Number(this.#primitive())))
      case tag.REGEXP: {
        const source = this.#string()
        const flags = this.#string()
        return this.#keep(this.#try(() => new RegExp(source, flags)))
      }
      case tag.BUFFER:
        return this.#keep(this.#buffer())
      case tag.SHARED:
        return this.#keep(this.#carrier.bufferAt(this.#word()))
      case tag.VIEW:
        return this.#view(n)
      case tag.BOX:
        return this.#box()
      case tag.ERROR:
        return this.#error(n)
      case tag.ENVOY:
        return this.#envoy(n)
    }
    throw this.#corrupt()
  }

  #envoy(kind: number): object {
    const count = this.#word()
    this.#expect(count)
    const words = Array.from({ length: count }, () => this.#word())
    const declared = envoyClass(kind)
    if (declared === undefined) throw this.#corrupt()
    const how = this.#envoys
    if (how <= COPY) return this.#keep(declared.arrive(this.#carrier.host as never, words, how === COPY))
    // Afterwards: to recall one may be to drop other messages.
    this.#recalled.push(() => declared.recall(this.#carrier.host as never, words, how === RETURN))
    return this.#keep({})
  }

  #entries(object: Record<string, unknown>, n: number): unknown {
    this.#expect(2 * n)
    this.#objects.push(object)
    for (let i = 0; i < n; i++) {
      const key = this.#text(this.#word(), true)
      const value = this.#next()
      if (key === '__proto__') define(object, key, value, true)
      else object[key] = value
    }
    return this.#frozen ? Object.freeze(object) : object
  }

  #array(n: number): unknown {
    this.#expect(n)
    const array: unknown[] = []
    this.#objects.push(array)
    for (let i = 0; i < n; i++) array.push(this.#next())
    return this.#frozen ? Object.freeze(array) : array
  }

  #sparse(n: number): unknown {
    const length = this.#word() >>> 0
    this.#expect(2 * n)
    const array: unknown[] = []
    this.#objects.push(array)
    if (length > 0) {
      // Setting `length` would reserve memory for up to 2^25 elements; one element far out makes the engine use a table.
      array[length - 1] = 0
      Reflect.deleteProperty(array, length - 1)
    }
    for (let i = 0; i < n; i++) {
      const index = this.#word() >>> 0
      if (index >= length) throw this.#corrupt()
      array[index] = this.#next()
    }
    return this.#frozen ? Object.freeze(array) : array
  }

  #map(n: number): unknown {
    this.#expect(2 * n)
    const map = this.#keep(new Map<unknown, unknown>())
    for (; n > 0; n--) map.set(this.#next(), this.#next())
    return map
  }

  #set(n: number): unknown {
    this.#expect(n)
    const set = this.#keep(new Set<unknown>())
    for (; n > 0; n--) set.add(this.#next())
    return set
  }

  #buffer(): ArrayBuffer {
    const n = this.#word() >>> 0
    const size = Math.ceil(n / 4)
    this.#expect(size)
    const buffer = new ArrayBuffer(n)
    const from = this.#words
    new Uint8Array(buffer).set(new Uint8Array(from.buffer, from.byteOffset + this.#at * 4, n))
    this.#at += size
    return buffer
  }

  #view(index: number): unknown {
    const number = this.#objects.push(undefined) - 1
    const offset = this.#word() >>> 0
    const length = this.#word() >>> 0
    const buffer = this.#next() as ArrayBufferLike
    const View = VIEWS[index]
    if (View === undefined) throw this.#corrupt()
    // The constructors take other things than buffers, and check offset and length against a buffer.
    if (!isBuffer(buffer)) throw this.#corrupt()
    return (this.#objects[number] = this.#try(() => new View(buffer, offset, length)))
  }

  #box(): unknown {
    const number = this.#objects.push(undefined) - 1
    return (this.#objects[number] = Object(this.#primitive()))
  }

  #primitive(): unknown {
    const value = this.#next()
    if (value === undefined || Object(value) === value) throw this.#corrupt()
    return value
  }

  #error(n: number): unknown {
    const error = this.#keep(assemble(this.#string(), () => this.#string()))
    this.#expect(3 * n)
    for (let i = 0; i < n; i++) {
      const key = this.#string()
      const visible = this.#word() === 1
      define(error, key, this.#next(), visible)
    }
    return error
  }

  #string(): string {
    return this.#text(this.#word(), false)
  }

  #text(head: number, isKey: boolean): string {
    const kind = head & TAG_MASK
    const n = head >>> TAG_BITS
    if (kind !== tag.ASCII && kind !== tag.UTF16) throw this.#corrupt()
    const size = kind === tag.ASCII ? (n + 3) >> 2 : (n + 1) >> 1
    this.#expect(size)
    const at = this.#at
    this.#at = at + size
    return isKey ? readKey(this.#words, at, n, kind) : readText(this.#words, at, n, kind)
  }

  #word(): number {
    if (this.#at >= this.#end) throw this.#corrupt()
    return this.#words[this.#at++] as number
  }

  /** That `n` words can still follow. */
  #expect(n: number): void {
    if (n > this.#end - this.#at) throw this.#corrupt()
  }

  #keep<T>(object: T): T {
    this.#objects.push(object)
    return object
  }

  /** For constructors that check their own arguments. */
  #try<T>(make: () => T): T {
    try {
      return make()
    } catch {
      throw this.#corrupt()
    }
  }

  #corrupt(): CorruptError {
    return new CorruptError(`a message stops making sense at word ${this.#at} of ${this.#end}`)
  }
}

function isBuffer(value: unknown): boolean {
  return value instanceof ArrayBuffer || (typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer)
}
