/**
 * Tells what an object is, without trusting it: by its prototype, then, for built-in classes, by asking a method that
 * only a true instance answers. `Object.create(Map.prototype)` and a `Proxy` around a Map fail the second question.
 *
 * A Proxy around a plain object, an array or an error cannot be told from what it wraps and is read through.
 */
import {
  ARRAY,
  BARE,
  BOX,
  BUFFER,
  DATE,
  ENVOY,
  ERROR,
  MAP,
  OBJECT,
  REGEXP,
  SET,
  SHARED,
  TAG_MASK,
  VIEW,
} from './tags.ts'

/** An instance of some class. Does not cross. */
export const ODD = 0
/** Has the prototype of a built-in class and nothing behind it, or is a Proxy that cannot be read. Does not cross. */
export const IMPOSTOR = -1

export type View = ArrayBufferView & { readonly length?: number }
export type ViewClass = {
  new (buffer: ArrayBufferLike, offset: number, length: number): View
  readonly BYTES_PER_ELEMENT?: number
}

const globals = globalThis as unknown as Record<string, (new () => object) | undefined>
const globalClass = (name: string): ViewClass | undefined => globals[name] as ViewClass | undefined

/** Their order is part of the message format. A class that this engine lacks (Float16Array) leaves its place empty. */
export const VIEWS: readonly (ViewClass | undefined)[] =
  // prettier-ignore
  ('DataView,Int8Array,Uint8Array,Uint8ClampedArray,Int16Array,Uint16Array,Int32Array,Uint32Array,' +
    'Float32Array,Float64Array,BigInt64Array,BigUint64Array,Float16Array').split(',').map(globalClass)

const UINT8 = 2

/** Prototype -> kind, a tag; for views the whole header word `VIEW | index << 5`. */
const kinds = new Map<unknown, number>([
  [Object.prototype, OBJECT],
  [null, BARE],
  [Array.prototype, ARRAY],
])
/** Prototype -> the method that fails on anything but a true instance. */
const probes = new Map<unknown, (this: unknown) => unknown>()

function builtIn(name: string, kind: number, method: string): void {
  const prototype: object | undefined = globals[name]?.prototype as object | undefined
  if (prototype === undefined) return
  let holder: object = prototype
  while (!Object.hasOwn(holder, method)) holder = Object.getPrototypeOf(holder) as object
  const found = Object.getOwnPropertyDescriptor(holder, method) as PropertyDescriptor
  kinds.set(prototype, kind)
  probes.set(prototype, (found.get ?? found.value) as () => unknown)
}

builtIn('Map', MAP, 'size')
builtIn('Set', SET, 'size')
builtIn('Date', DATE, 'valueOf')
builtIn('RegExp', REGEXP, 'source')
builtIn('ArrayBuffer', BUFFER, 'byteLength')
builtIn('SharedArrayBuffer', SHARED, 'byteLength')
for (const name of ['Boolean', 'Number', 'String', 'BigInt']) builtIn(name, BOX, 'valueOf')
for (const [i, View] of VIEWS.entries()) if (View) builtIn(View.name, VIEW | (i << 5), 'buffer')
// Node's Buffer is the one subclass that crosses: it arrives as a Uint8Array, as with postMessage.
const Buffer = globals['Buffer']
if (Buffer && Buffer.prototype instanceof Uint8Array) {
  kinds.set(Buffer.prototype, VIEW | (UINT8 << 5))
  probes.set(Buffer.prototype, probes.get(Uint8Array.prototype) as () => unknown)
}

/** Instances with this prototype cross under this header word. */
export function crossesBy(prototype: object, kind: number): void {
  kinds.set(prototype, kind)
}

/** The tag under which `object` crosses; `ODD` or `IMPOSTOR` if it cannot. Throws nothing, whatever a Proxy does. */
export function kindOf(object: object): number {
  try {
    const prototype: object | null = Object.getPrototypeOf(object) as object | null
    if (prototype === Object.prototype) return OBJECT
    const kind = kinds.get(prototype)
    if (kind === undefined) return foreignKind(object, prototype as object)
    if (kind === ARRAY) return Array.isArray(object) ? ARRAY : IMPOSTOR
    probes.get(prototype)?.call(object)
    return kind
  } catch {
    return IMPOSTOR
  }
}

/** Errors of any class, and plain objects and arrays of another realm (`node:vm`, an iframe). */
function foreignKind(object: object, prototype: object): number {
  if (object instanceof Error || (Error as { isError?: (x: unknown) => boolean }).isError?.(object)) return ERROR
  // Array.prototype is itself an array in every realm, and the prototype of a subclass is not.
  if (Array.isArray(object)) return Array.isArray(prototype) ? ARRAY : ODD
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf') ? OBJECT : ODD
}

/** What a Boolean, Number, String or BigInt object holds. */
export function unbox(box: object): unknown {
  return (probes.get(Object.getPrototypeOf(box)) as (this: unknown) => unknown).call(box)
}

/** Whether `object` crosses by reference: shared memory, a view over it, an envoy. Quick for views: forks take them again and again. */
export function isShared(object: object): boolean {
  if (!ArrayBuffer.isView(object)) {
    const kind = kindOf(object)
    return kind === SHARED || (kind & TAG_MASK) === ENVOY
  }
  return kinds.has(Object.getPrototypeOf(object)) && kinds.get(Object.getPrototypeOf(object.buffer)) === SHARED
}
