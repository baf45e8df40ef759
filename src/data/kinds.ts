/** The kinds of numbers that a typed array can hold, under the names that `shared` gives them. */
export type Kind = 'f64' | 'f32' | 'i32' | 'u32' | 'i16' | 'u16' | 'i8' | 'u8' | 'u8c' | 'i64' | 'u64'

const classes: Readonly<Record<Kind, new (length: number) => Numbers>> = {
  f64: Float64Array,
  f32: Float32Array,
  i32: Int32Array,
  u32: Uint32Array,
  i16: Int16Array,
  u16: Uint16Array,
  i8: Int8Array,
  u8: Uint8Array,
  u8c: Uint8ClampedArray,
  i64: BigInt64Array,
  u64: BigUint64Array,
}

/** A typed array of any kind. */
export type Numbers = ArrayOf<Kind>

/** The typed array of a kind. */
export type ArrayOf<K extends Kind, B extends ArrayBufferLike = ArrayBufferLike> = {
  f64: Float64Array<B>
  f32: Float32Array<B>
  i32: Int32Array<B>
  u32: Uint32Array<B>
  i16: Int16Array<B>
  u16: Uint16Array<B>
  i8: Int8Array<B>
  u8: Uint8Array<B>
  u8c: Uint8ClampedArray<B>
  i64: BigInt64Array<B>
  u64: BigUint64Array<B>
}[K]

/** What one element of a kind is. */
export type ElementOf<K extends Kind> = K extends 'i64' | 'u64' ? bigint : number

/** The same of an array. */
export type Element<A> = A extends BigInt64Array | BigUint64Array ? bigint : number

interface NumbersClass<K extends Kind> {
  readonly BYTES_PER_ELEMENT: number
  new <B extends ArrayBufferLike>(buffer: B, offset?: number, length?: number): ArrayOf<K, B>
}

export const kinds: readonly Kind[] = Object.keys(classes) as Kind[]

export function classOf<K extends Kind>(kind: K): NumbersClass<K> {
  return classes[kind] as unknown as NumbersClass<K>
}

/** The kind of a typed array, or undefined if it is none of these (a `DataView`, a `Float16Array`, no array at all). */
export function kindOf(array: unknown): Kind | undefined {
  return kinds.find(kind => array instanceof classes[kind])
}

/** A new typed array over a buffer of its own, which all threads can see. */
export function allocate<K extends Kind>(kind: K, length: number): ArrayOf<K, SharedArrayBuffer> {
  const Class = classOf(kind)
  return new Class(new SharedArrayBuffer(length * Class.BYTES_PER_ELEMENT))
}

export function isShared(array: Numbers): boolean {
  return array.buffer instanceof SharedArrayBuffer
}

/** `array` if its memory is shared, else a copy that is. */
export function toShared<A extends Numbers>(array: A): A {
  if (isShared(array)) return array
  const copy = allocate(kindOf(array)!, array.length) as unknown as A
  copy.set(array as never)
  return copy
}
