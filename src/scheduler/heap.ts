import { CorruptError, LimitError } from '../errors.ts'
import { Slab } from '../lockfree/slab.ts'
import { type Arena, GRANULE } from '../memory/arena.ts'

/**
 * Blocks for arguments and results that do not fit into their slot. A slab per power of two, per seat; any thread frees.
 *
 *   [ class | link | home | free ][ payload … ]
 */
const CLASSES = 21
const CLASS = 0
const LINK = 1
const HOME = 2
const HEADER = 4
/** Small blocks are carved many at a time, up to this many words. */
const CHUNK_WORDS = 16_384

const GRANULE_BITS = 22
const GRANULE_MASK = (1 << GRANULE_BITS) - 1

/** One word that names a payload together with some bits of `tag`: never 0. */
export function blockRef(payload: number, tag: number): number {
  return (tag << GRANULE_BITS) | ((payload - HEADER) / GRANULE)
}

/** The payload that {@link blockRef} named. */
export function blockOf(ref: number): number {
  return (ref & GRANULE_MASK) * GRANULE + HEADER
}

export class Heap {
  static readonly words: number = CLASSES * Slab.words

  readonly #arena: Arena
  readonly #heads: (home: number) => number
  readonly #home: number
  readonly #slabs: Slab[] = []

  /** `heads` tells where the list heads of a seat lie; `home` is the seat of the thread that calls. */
  constructor(arena: Arena, heads: (home: number) => number, home: number) {
    this.#arena = arena
    this.#heads = heads
    this.#home = home
    for (let size = 0; size < CLASSES; size++) this.#slabs.push(this.#slab(home, size))
  }

  /** Address of a payload of at least `length` words. */
  allocate(length: number): number {
    const size = Math.max(0, 32 - Math.clz32((length + HEADER - 1) / GRANULE))
    const slab = this.#slabs[size]
    if (slab === undefined) {
      throw new LimitError(
        `A message of ${length * 4} bytes is too large`,
        'Put large data into arrays over a SharedArrayBuffer, which are passed by reference.',
      )
    }
    const block = slab.allocate(fresh => {
      this.#arena.words[fresh + CLASS] = size
      this.#arena.words[fresh + HOME] = this.#home
    })
    return block + HEADER
  }

  /** Gives back a payload, from whichever seat it came. */
  free(payload: number): void {
    const block = payload - HEADER
    const size = this.#arena.words[block + CLASS]!
    const home = this.#arena.words[block + HOME]!
    // Both are undefined beyond the memory: compared so that this is refused too.
    if (!(size >= 0 && size < CLASSES && home >= 0)) throw new CorruptError(`no block at ${payload}`)
    if (home === this.#home) this.#slabs[size]!.free(block)
    else this.#slab(home, size).freeRemotely(block)
  }

  #slab(home: number, size: number): Slab {
    const words = GRANULE << size
    const chunk = Math.max(1, CHUNK_WORDS >> (size + 5))
    return new Slab(this.#arena, this.#heads(home) + size * Slab.words, words, LINK, chunk)
  }
}
