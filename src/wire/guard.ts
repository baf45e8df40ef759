/**
 * Makes an argument safe to hand to a fork that may or may not be stolen. A fork that is not stolen runs from the
 * caller's own objects, a stolen one from a copy made later: both must see the same, so the object must not change
 * meanwhile and must hold nothing that the copy would lack.
 *
 * - `freeze`: plain objects and arrays are frozen, deeply and once. A value that holds what cannot be frozen (a Map, a
 *   Date, an ordinary typed array, an error) or what a copy lacks (symbol keys, getters, holes, properties on an array)
 *   is copied at once, and the copy frozen. The price: a walk over the value the first time, one lookup later.
 * - `copy`: every object is copied at once. The price: encoding and decoding for each fork.
 * - `trust`: nothing is looked at. The caller promises.
 *
 * What crosses by reference (shared memory, tasks) passes in every mode and stays mutable.
 */
import type { Carrier } from './carrier.ts'
import { IMPOSTOR, isShared, kindOf, ODD } from './kinds.ts'
import { Reader } from './reader.ts'
import { keyStep, Refusal, refused, tooDeep, unsendable } from './refusal.ts'
import { ARRAY, BARE, MAX_DEPTH, OBJECT } from './tags.ts'
import { Writer } from './writer.ts'

export type Discipline = 'freeze' | 'copy' | 'trust'

export class Guard {
  readonly #carrier: Carrier
  readonly discipline: Discipline
  readonly #writer: Writer
  readonly #reader: Reader
  /** Deeply frozen, sendable and by our own hand: cannot have changed since. */
  readonly #admitted = new WeakSet<object>()

  constructor(carrier: Carrier, discipline: Discipline) {
    this.#carrier = carrier
    this.discipline = discipline
    this.#writer = new Writer(carrier)
    this.#reader = new Reader(carrier)
  }

  /** `value` itself or the copy to use in its place. `root` names it in the `NotSendableError` if it cannot cross. */
  admit(value: unknown, root: string): unknown {
    // Numbers first: most arguments are.
    if (typeof value === 'number' || this.discipline === 'trust') return value
    if (typeof value === 'object')
      return value === null || this.#admitted.has(value) ? value : this.#object(value, root)
    if ((typeof value === 'function' || typeof value === 'symbol') && !isTask(this.#carrier, value)) {
      throw refused(unsendable(value), root)
    }
    return value
  }

  #object(value: object, root: string): unknown {
    if (isShared(value)) return value
    const freeze = this.discipline === 'freeze'
    if (freeze && this.#freeze(value, root)) return value
    const writer = this.#writer
    writer.begin()
    writer.value(value, root)
    this.#reader.begin(writer.words, 0, writer.length, freeze)
    return this.#reader.value()
  }

  #freeze(value: object, root: string): boolean {
    const found = new Set<object>()
    try {
      if (!this.#isConstant(value, found, 0)) return false
    } catch (thrown) {
      throw refused(thrown, root)
    }
    // Only now: a value that is refused or copied is left as it was.
    for (const object of found) this.#admitted.add(Object.freeze(object))
    return true
  }

  /** Whether freezing all that is `found` in `value` makes it constant. */
  #isConstant(value: unknown, found: Set<object>, depth: number): boolean {
    if (typeof value === 'function' || typeof value === 'symbol') {
      if (isTask(this.#carrier, value)) return true
      throw unsendable(value)
    }
    if (typeof value !== 'object' || value === null || this.#admitted.has(value) || found.has(value)) return true
    const kind = kindOf(value)
    if (kind <= ODD) throw unsendable(value, kind === IMPOSTOR)
    if (kind !== OBJECT && kind !== BARE && kind !== ARRAY) return isShared(value)
    if (depth >= MAX_DEPTH) throw tooDeep()
    found.add(value)
    if (Object.getOwnPropertySymbols(value).length > 0) return false
    return kind === ARRAY
      ? this.#isConstantArray(value as unknown[], found, depth + 1)
      : this.#isConstantObject(value, found, depth + 1)
  }

  #isConstantArray(array: unknown[], found: Set<object>, depth: number): boolean {
    // No holes and nothing but elements. Hidden properties and getters in the place of elements are not looked for:
    // that would take several times as long as all of the rest.
    if (Object.keys(array).length !== array.length) return false
    for (let i = 0; i < array.length; i++) {
      if (typeof array[i] === 'number') continue
      try {
        if (!this.#isConstant(array[i], found, depth)) return false
      } catch (thrown) {
        throw Refusal.within(thrown, `[${i}]`)
      }
    }
    return true
  }

  #isConstantObject(object: object, found: Set<object>, depth: number): boolean {
    for (const key of Object.getOwnPropertyNames(object)) {
      const property = Object.getOwnPropertyDescriptor(object, key)
      if (!property?.enumerable || !('value' in property)) return false
      try {
        if (!this.#isConstant(property.value, found, depth)) return false
      } catch (thrown) {
        throw Refusal.within(thrown, keyStep(key))
      }
    }
    return true
  }
}

function isTask(carrier: Carrier, value: unknown): boolean {
  return typeof value === 'function' && carrier.taskId(value as (...args: never[]) => unknown) >= 0
}
