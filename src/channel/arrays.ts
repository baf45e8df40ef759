import type { Arena } from '../memory/arena.ts'
import { kindOf, VIEWS } from '../wire/kinds.ts'
import { BUFFER, TAG_BITS, TAG_MASK, VIEW } from '../wire/tags.ts'

/** What the classes of typed arrays have in common. */
export interface TypedArray extends ArrayBufferView {
  readonly length: number
  readonly BYTES_PER_ELEMENT: number
  set(from: TypedArray, at: number): void
}
type TypedArrayClass = new (from: ArrayBufferLike | TypedArray, at?: number, length?: number) => TypedArray

const DATA_VIEW = 0

/**
 * The class of a typed array that has a buffer to itself, as its place in `VIEWS`; else 0. Such an array is a message that needs no
 * codec: its elements say everything.
 */
export function classOf(value: unknown): number {
  if (!ArrayBuffer.isView(value) || value.byteLength === 0) return DATA_VIEW
  const kind = kindOf(value)
  if ((kind & TAG_MASK) !== VIEW || value.byteLength !== value.buffer.byteLength) return DATA_VIEW
  return kindOf(value.buffer) === BUFFER ? kind >> TAG_BITS : DATA_VIEW
}

/** The shared memory as arrays of each class, to copy from and to in one piece. */
export class Arrays {
  readonly #arena: Arena
  #buffer: ArrayBufferLike | undefined
  #views: (TypedArray | undefined)[] = []

  constructor(arena: Arena) {
    this.#arena = arena
  }

  /** Copies it to the words at `at`, a multiple of 4. */
  write(array: TypedArray, kind: number, at: number): void {
    this.#view(kind).set(array, (at * 4) / array.BYTES_PER_ELEMENT)
  }

  /** A new one of `length` elements with what lies there. */
  read(kind: number, at: number, length: number): TypedArray {
    const Class = VIEWS[kind] as unknown as TypedArrayClass
    // It makes and fills the array in one step, as `slice` does, and does not look up what class it shall be: most of a receipt is the allocation.
    return new Class(new Class(this.#arena.words.buffer, at * 4, length))
  }

  #view(kind: number): TypedArray {
    const { buffer } = this.#arena.words
    if (buffer !== this.#buffer) {
      // The memory has grown.
      this.#buffer = buffer
      this.#views = []
    }
    return (this.#views[kind] ??= new (VIEWS[kind] as unknown as TypedArrayClass)(buffer))
  }
}
