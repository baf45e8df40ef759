/**
 * Values into 32-bit words, as `structuredClone` would copy them, save where `docs/values.md` says otherwise. The shape
 * of a message is in `tags.ts`.
 *
 * It writes into memory of its own and not into shared words: the length of a message is known only after it is
 * written, a getter or a refusal may stop it half way, and unshared memory is what `TextEncoder` accepts.
 */
import { FilchError } from '../errors.ts'
import type { Carrier } from './carrier.ts'
import { type Envoy, envoyClass } from './envoy.ts'
import { dissect } from './error.ts'
import { IMPOSTOR, kindOf, ODD, unbox, type View } from './kinds.ts'
import { putNumber } from './number.ts'
import { Numbering } from './numbering.ts'
import {
  asRefusal,
  foreign,
  inWords,
  keyStep,
  Refusal,
  refused,
  tooDeep,
  tooLarge,
  unsendable,
  unsharable,
} from './refusal.ts'
import * as tag from './tags.ts'
import { MAX_COUNT, MAX_DEPTH, TAG_BITS, TAG_MASK } from './tags.ts'
import { writeText } from './text.ts'

const WORDS = 256
/** More than this is given back at the next `begin`: one large message must not hold its memory for ever. */
const KEPT_WORDS = 1 << 18

type Mark = { length: number; objects: number; buffers: number; envoys: number; depth: number }

/**
 * `read`: once, or given up. `kept`: any number of times, and given up in the end; so what it names must be such that many can have
 * it. `copied`: its words are read and dropped without anybody knowing, so that nothing in it can be counted.
 */
export type Fate = 'read' | 'kept' | 'copied'

export class Writer {
  /** The message, up to `length`. Another array after it had to grow. */
  words: Int32Array<ArrayBuffer> = new Int32Array(WORDS)
  length = 0

  readonly #carrier: Carrier
  #bytes = new Uint8Array(this.words.buffer)
  readonly #objects = new Numbering()
  /** Ids of shared buffers that this message refers to: settled here if it never leaves. */
  readonly #buffers: number[] = []
  /** Class and words of the envoys in this message: recalled if it never leaves. */
  readonly #envoys: [number, readonly number[]][] = []
  #depth = 0
  #fate: Fate = 'read'

  constructor(carrier: Carrier) {
    this.#carrier = carrier
  }

  /** Of the shared buffers that the message names. */
  get buffers(): readonly number[] {
    return this.#buffers
  }

  /** How many envoys are in the message. */
  get envoys(): number {
    return this.#envoys.length
  }

  /**
   * Starts a message: forgets the one before, which must have been copied out of `words`, and its back-references.
   * `fate` is what becomes of it.
   */
  begin(fate: Fate = 'read'): void {
    if (this.#depth > 0) {
      throw new FilchError(
        'ERR_FILCH_REENTERED',
        'A getter of a value that is being sent must not itself fork or send.',
      )
    }
    if (this.words.length > KEPT_WORDS) this.#use(new Int32Array(WORDS))
    this.length = 0
    this.#fate = fate
    if (this.#objects.count > 0) this.#objects.forget(0)
    // Assigning a length costs more than all of the rest.
    if (this.#buffers.length > 0) this.#buffers.length = 0
    if (this.#envoys.length > 0) this.#envoys.length = 0
  }

  /**
   * Appends one value. `root` names it in errors. If it throws, a `NotSendableError` or what a getter threw, the whole
   * message is void and every buffer that it referred to is settled.
   */
  value(value: unknown, root: string): void {
    try {
      this.#write(value)
    } catch (thrown) {
      // Before the call: if the stack ends in it, that must not look like a message that is being written.
      this.#depth = 0
      this.#rewind({ length: 0, objects: 0, buffers: 0, envoys: 0, depth: 0 })
      throw refused(thrown, root)
    }
  }

  /** The message names envoys: it must be read, or given up, once. */
  get hasEnvoys(): boolean {
    return this.#envoys.length > 0
  }

  /** The message will not leave. */
  giveUp(): void {
    this.#rewind({ length: 0, objects: 0, buffers: 0, envoys: 0, depth: 0 })
  }

  /** Appends what a task threw, which may be anything: what cannot cross is replaced by the error that says so. */
  thrown(value: unknown): void {
    const mark = this.#mark()
    try {
      this.#write(value)
    } catch (thrown) {
      this.#rewind(mark)
      const error = refused(thrown, 'thrown')
      this.#write(asRefusal(thrown) ? error : new Error('A task threw a value that throws when it is read'))
    }
  }

  #write(value: unknown): void {
    const words = this.#room(3)
    const at = this.length
    switch (typeof value) {
      case 'number':
        this.length = putNumber(words, at, value)
        return
      case 'string':
        return this.#text(value)
      case 'boolean':
        return this.#put(value ? tag.TRUE : tag.FALSE)
      case 'undefined':
        return this.#put(tag.UNDEFINED)
      case 'object':
        return value === null ? this.#put(tag.NULL) : this.#object(value)
      case 'bigint':
        this.#head(tag.BIGINT, value < 0n ? 1 : 0)
        return this.#text((value < 0n ? -value : value).toString(16))
      case 'function': {
        const id = this.#carrier.taskId(value as (...args: never[]) => unknown)
        if (id < 0) throw unsendable(value)
        this.#put(tag.TASK)
        return this.#put(id)
      }
      default:
        throw unsendable(value)
    }
  }

  #text(text: string): void {
    const n = text.length
    if (n > MAX_COUNT) throw tooLarge(`a string of ${n} characters`)
    this.length = writeText(this.#room(1 + ((n + 1) >> 1)), this.#bytes, this.length, text)
  }

  #object(object: object): void {
    const number = this.#objects.number(object)
    if (number >= 0) return this.#head(tag.REF, number)
    const kind = kindOf(object)
    if (kind <= ODD) throw unsendable(object, kind === IMPOSTOR)
    if (this.#depth >= MAX_DEPTH) throw tooDeep()
    this.#depth++
    switch (kind & TAG_MASK) {
      case tag.OBJECT:
      case tag.BARE:
        this.#entries(object as Record<string, unknown>, kind)
        break
      case tag.ARRAY:
        this.#array(object as unknown[])
        break
      case tag.VIEW:
        this.#view(object as View, kind)
        break
      case tag.SHARED:
        this.#shared(object as SharedArrayBuffer)
        break
      case tag.BUFFER:
        this.#buffer(object as ArrayBuffer)
        break
      case tag.MAP:
      case tag.SET:
        this.#members(object as Map<unknown, unknown>, kind)
        break
      case tag.ERROR:
        this.#error(object as Error)
        break
      case tag.ENVOY:
        this.#envoy(object as unknown as Envoy, kind)
        break
      case tag.DATE:
        // A number follows a Date as a primitive follows a box.
        this.#put(tag.DATE)
        this.#write(Date.prototype.valueOf.call(object))
        break
      case tag.REGEXP:
        this.#put(tag.REGEXP)
        this.#text((object as RegExp).source)
        this.#text((object as RegExp).flags)
        break
      default:
        this.#put(tag.BOX)
        this.#write(unbox(object))
    }
    this.#depth--
  }

  #entries(object: Record<string, unknown>, kind: number): void {
    const keys = Object.keys(object)
    const head = this.length
    let n = 0
    let at = ''
    this.#head(kind, keys.length)
    try {
      for (const key of keys) {
        at = key
        const value = object[key]
        // A getter of an earlier key may have deleted this one.
        if (value === undefined && !Object.hasOwn(object, key)) continue
        this.#text(key)
        this.#write(value)
        n++
      }
    } catch (thrown) {
      throw Refusal.within(thrown, keyStep(at))
    }
    this.words[head] = (n << TAG_BITS) | kind
  }

  #array(array: unknown[]): void {
    const n = array.length
    // `includes` sees a hole as undefined: fast, and few arrays get further.
    if (array.includes(undefined)) {
      const indices = Object.keys(array).filter(key => String(Number(key) >>> 0) === key)
      if (indices.length < n) return this.#sparse(array, indices)
    }
    this.#head(tag.ARRAY, n)
    let i = 0
    try {
      for (; i < n; i++) {
        const value = array[i]
        if (typeof value === 'number') this.length = putNumber(this.#room(3), this.length, value)
        else this.#write(value)
      }
    } catch (thrown) {
      throw Refusal.within(thrown, `[${i}]`)
    }
  }

  #sparse(array: unknown[], indices: string[]): void {
    this.#head(tag.SPARSE, indices.length)
    this.#put(array.length)
    for (const index of indices) {
      this.#put(Number(index))
      try {
        this.#write(array[Number(index)])
      } catch (thrown) {
        throw Refusal.within(thrown, `[${index}]`)
      }
    }
  }

  #members(collection: Map<unknown, unknown>, kind: number): void {
    const head = this.length
    let n = 0
    let part = 'keys'
    this.#head(kind, 0)
    try {
      // The prototype's own, whatever the object says; it also visits what a getter adds meanwhile.
      const { forEach } = Object.getPrototypeOf(collection) as typeof collection
      forEach.call(collection, (value, key) => {
        if (kind === tag.MAP) this.#write(key)
        part = 'values'
        this.#write(value)
        part = 'keys'
        n++
      })
    } catch (thrown) {
      throw Refusal.within(thrown, `.${part}()[${n}]`)
    }
    this.words[head] = (n << TAG_BITS) | kind
  }

  /** Copies the whole buffer even of a small view, as structured clone does: other views of it keep sharing it. */
  #buffer(buffer: ArrayBuffer): void {
    if (buffer.detached) throw new Refusal('a detached ArrayBuffer', 'It was transferred: its new owner can send it.')
    const n = buffer.byteLength
    if (n > 0xffff_ffff) throw tooLarge(`an ArrayBuffer of ${n} bytes`)
    this.#put(tag.BUFFER)
    this.#put(n)
    const size = Math.ceil(n / 4)
    const words = this.#room(size)
    if (size > 0) words[this.length + size - 1] = 0
    this.#bytes.set(new Uint8Array(buffer), this.length * 4)
    this.length += size
  }

  #shared(buffer: SharedArrayBuffer): void {
    const id = this.#carrier.bufferId(buffer)
    this.#buffers.push(id)
    this.#put(tag.SHARED)
    this.#put(id)
  }

  #envoy(envoy: Envoy, head: number): void {
    if (this.#fate !== 'read' && (this.#fate === 'copied' || envoyClass(head >>> TAG_BITS)?.many !== true)) {
      throw unsharable(envoy)
    }
    if (envoy.home !== undefined && envoy.home !== this.#carrier.host) throw foreign(envoy)
    const words = envoy.depart()
    this.#envoys.push([head >>> TAG_BITS, words])
    for (const word of [head, words.length, ...words]) this.#put(word)
  }

  #view(view: View, head: number): void {
    // A DataView counts in bytes, the others in elements.
    const length = view.length ?? view.byteLength
    if (view.byteOffset > 0xffff_ffff || length > 0xffff_ffff) throw tooLarge(`a view of ${length} elements`)
    this.#put(head)
    this.#put(view.byteOffset)
    this.#put(length)
    this.#object(view.buffer)
  }

  #error(error: Error): void {
    const { name, made, properties } = dissect(error)
    this.#head(tag.ERROR, properties.length)
    this.#text(name)
    for (const text of made) this.#text(text)
    for (const [key, value, visible] of properties) {
      this.#text(key)
      this.#put(visible ? 1 : 0)
      const mark = this.#mark()
      try {
        this.#write(value)
      } catch (thrown) {
        this.#rewind(mark)
        this.#text(inWords(thrown))
      }
    }
  }

  // --- words --------------------------------------------------------------------------------------------------------

  #room(n: number): Int32Array<ArrayBuffer> {
    const words = this.words
    return this.length + n <= words.length ? words : this.#grow(n)
  }

  #grow(n: number): Int32Array<ArrayBuffer> {
    const words = new Int32Array(Math.max(this.length + n, this.words.length * 2))
    words.set(this.words.subarray(0, this.length))
    return this.#use(words)
  }

  #use(words: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
    this.#bytes = new Uint8Array(words.buffer)
    return (this.words = words)
  }

  #put(word: number): void {
    this.#room(1)[this.length++] = word
  }

  #head(kind: number, payload: number): void {
    if (payload > MAX_COUNT) throw tooLarge(`a value of ${payload} parts`)
    this.#put((payload << TAG_BITS) | kind)
  }

  // --- going back ---------------------------------------------------------------------------------------------------

  #mark(): Mark {
    return {
      length: this.length,
      objects: this.#objects.count,
      buffers: this.#buffers.length,
      envoys: this.#envoys.length,
      depth: this.#depth,
    }
  }

  #rewind(mark: Mark): void {
    this.length = mark.length
    this.#depth = mark.depth
    this.#objects.forget(mark.objects)
    while (this.#envoys.length > mark.envoys) {
      const [kind, words] = this.#envoys.pop()!
      envoyClass(kind)?.recall(this.#carrier.host as never, words, true)
    }
    while (this.#buffers.length > mark.buffers) this.#carrier.bufferAt(this.#buffers.pop() as number)
  }
}
