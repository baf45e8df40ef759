import { LimitError } from '../errors.ts'
import { load, replace, type Words } from './atomics.ts'

/**
 * One shared `WebAssembly.Memory` that holds every record of a pool, handed out from the bottom up and never taken back:
 * the slab above recycles. Addresses are word indexes, the same in every thread.
 *
 * It can grow without telling anybody: a thread that meets an address beyond its view takes a new view ({@link reach}).
 * A view taken before a growth stays valid for the words it covers, which is why records made at start-up (control,
 * seats, deques) may be used through the first view for ever.
 */

const PAGE_WORDS = 16_384
/** Granule of every allocation: 128 bytes, so that a granule number fits 22 bits of a job ref (scheduler/slot.ts). */
export const GRANULE = 32
/** 512 MiB: 2^22 granules. */
const MAXIMUM_PAGES = 8192
const GROWTH_PAGES = 64
/** Word 0 is never handed out, so 0 can mean "none". The next free granule is kept here, alone in its line. */
const NEXT = 16

/** What the arena needs of a `WebAssembly.Memory`: a name that is not in every library of types, for our declarations. */
export interface Memory {
  readonly buffer: ArrayBufferLike
  grow(delta: number): number
}

export class Arena {
  readonly memory: Memory
  /** The view over all that this thread has seen of the memory so far. Re-read after {@link reach}. */
  words: Words

  /** Views memory that {@link Arena.initialise} made, in this or another thread. */
  constructor(memory: Memory) {
    this.memory = memory
    this.words = new Int32Array(memory.buffer)
  }

  /** First address that records made at start-up may use; what lies below is the arena's own. */
  static readonly start = 64

  /** Makes a memory whose words up to `end` belong to records made at start-up; the rest is for {@link allocate}. */
  static initialise(end: number): Arena {
    const initial = Math.min(MAXIMUM_PAGES, Math.ceil(end / PAGE_WORDS) + 1)
    const arena = new Arena(new WebAssembly.Memory({ initial, maximum: MAXIMUM_PAGES, shared: true }))
    arena.words[NEXT] = Math.ceil(end / GRANULE)
    return arena
  }

  /**
   * Hands out `count` zeroed words, aligned to a granule. Lock-free: one exchange decides; a thread that dies after it
   * leaks what it was given, nothing else.
   */
  allocate(count: number): number {
    const granules = Math.ceil(count / GRANULE)
    for (;;) {
      const next = load(this.words, NEXT)
      // There is always a granule more: the ref of a slot in the last of a full memory could be -1 (scheduler/slot.ts).
      const end = (next + granules + 1) * GRANULE
      if (end > this.words.length && !this.reach(end)) this.#grow(end)
      if (replace(this.words, NEXT, next, next + granules)) return next * GRANULE
    }
  }

  /** Words handed out so far: any address below may be read. */
  get used(): number {
    return load(this.words, NEXT) * GRANULE
  }

  /** True if addresses below `end` are within the memory; takes a new view where that helps. */
  reach(end: number): boolean {
    if (end <= this.words.length) return true
    // V8 tells a thread late that another has grown the memory: for milliseconds, or as long as a loop runs, `buffer` is the old
    // one. To grow by nothing brings it up to date.
    this.memory.grow(0)
    this.words = new Int32Array(this.memory.buffer)
    return end <= this.words.length
  }

  /** Two threads may both grow: the memory is then larger than either needed, and both go on. */
  #grow(end: number): void {
    const { length } = this.words
    const missing = Math.ceil((end - length) / PAGE_WORDS)
    try {
      this.memory.grow(Math.max(missing, Math.min(GROWTH_PAGES, MAXIMUM_PAGES - length / PAGE_WORDS)))
    } catch (cause) {
      if (!this.reach(end)) {
        // Too much only because another has grown it since: less is missing now.
        if (this.words.length > length) return this.#grow(end)
        throw new LimitError(
          `A pool's shared memory is full (${this.words.length * 4} bytes, ${missing} pages more wanted)`,
          `Send less at once, or put large data into arrays over a SharedArrayBuffer, which are not copied. (${String(cause)})`,
        )
      }
    }
    this.reach(end)
  }
}
