import { cellOf, placeOf } from '../lockfree/chain.ts'
import { Slab } from '../lockfree/slab.ts'
import type { Arena } from '../memory/arena.ts'
import { CELLS } from '../scheduler/registry.ts'
import { PARCEL, SLOT_SIZE } from '../scheduler/slot.ts'
import type { Worker } from '../scheduler/worker.ts'
import { DROP, RETURN, TAKE } from '../wire/reader.ts'
import { Arrays, classOf, type TypedArray } from './arrays.ts'

/**
 * A message: a record of a line of the seat that sent it.
 *
 *   [ prev | next | home, flags, length | answer ][ twelve words: the message, or where it lies, or several numbers ]
 *
 * A short string fits. What does not lies in a block, a typed array as it is and all else encoded, and what
 * names shared buffers in a slot.
 */
export const PREV = 0
export const NEXT = 1
const INFO = 2
/** Rendezvous: the address of the word by which sender and receiver agree whether it is taken; else 0. */
export const ANSWER = 3
const WORDS = 4
const SIZE = 16
const CHUNK = 512

/** The block holds a typed array: its length in elements and its class are the other two. */
const RAW = 16
/** The words are address and length of a block. */
const BLOCK = 32
/** They are the address of a slot. */
const SLOT = 64
/** The message names envoys. */
const ENVOYS = 128
/** The words are integers, a message each; or numbers, a message for every two words. */
const INTS = 256
const NUMBERS = 512
const KIND = BLOCK | SLOT | ENVOYS
const LENGTH = 15
const HOME_SHIFT = 10

/** Cells are given back to others in lots of so many. */
const LOT = 64

const double = new Float64Array(1)
const single = new Float64Array(1)
const doubleWords = new Int32Array(double.buffer)
function nothing(): void {}

/** That of a word. -0 is none. */
function isInt(value: number): boolean {
  return (value | 0) === value && (value !== 0 || 1 / value > 0)
}

interface Lot {
  readonly slab: Slab
  first: number
  last: number
  count: number
}

/** The messages that one seat sends and receives. */
export class Cells {
  readonly #worker: Worker
  readonly #arena: Arena
  readonly #slab: Slab
  readonly #info: number
  readonly #arrays: Arrays
  /** Cells of others, by their home, that were read and not given back yet. */
  readonly #lots: (Lot | undefined)[] = []
  #pending = 0

  constructor(worker: Worker) {
    this.#worker = worker
    this.#arena = worker.registry.arena
    this.#slab = this.#slabOf(worker.seat)
    this.#info = worker.seat << HOME_SHIFT
    this.#arrays = new Arrays(this.#arena)
  }

  #slabOf(seat: number): Slab {
    return new Slab(this.#arena, this.#worker.registry.seat(seat) + CELLS, SIZE, PREV, CHUNK)
  }

  /** A cell without a message. */
  blank(): number {
    const cell = this.#slab.allocate(nothing)
    const { words } = this.#arena
    words[cell + INFO] = this.#info
    words[cell + ANSWER] = 0
    return cell
  }

  /** A cell with `value` in it. Throws if it cannot cross. */
  fill(value: unknown): number {
    if (typeof value !== 'number') return this.#write(value)
    const cell = this.#slab.allocate(nothing)
    const { words } = this.#arena
    words[cell + INFO] = this.#info | (isInt(value) ? INTS : NUMBERS)
    words[cell + ANSWER] = 0
    this.put(cell, value)
    return cell
  }

  /** How many messages like `value` a cell holds. */
  static places(value: unknown): number {
    return typeof value !== 'number' ? 1 : isInt(value) ? SIZE - WORDS : (SIZE - WORDS) / 2
  }

  /** Writes a number where a message is to be, in a cell that was filled with such. */
  put(message: number, value: number): void {
    const { words } = this.#arena
    const at = cellOf(message) + WORDS
    const place = placeOf(message)
    if (isInt(value)) {
      words[at + place] = value
      return
    }
    double[0] = value
    words[at + 2 * place] = doubleWords[0]!
    words[at + 2 * place + 1] = doubleWords[1]!
  }

  #writeArray(array: TypedArray, kind: number): number {
    const { heap } = this.#worker.jobs
    const size = (array.byteLength + 3) >> 2
    const at = heap.allocate(size)
    this.#arena.reach(at + size)
    let cell: number
    try {
      cell = this.blank()
    } catch (error) {
      heap.free(at)
      throw error
    }
    this.#arrays.write(array, kind, at)
    const { words } = this.#arena
    words[cell + INFO] = this.#info | BLOCK | RAW
    words[cell + WORDS] = at
    words[cell + WORDS + 1] = size
    words[cell + WORDS + 2] = array.length
    words[cell + WORDS + 3] = kind
    return cell
  }

  #write(value: unknown): number {
    const array = classOf(value)
    if (array !== 0) return this.#writeArray(value as TypedArray, array)
    const { jobs } = this.#worker
    const { writer } = jobs
    writer.begin()
    writer.value(value, 'message')
    const { length } = writer
    let info = this.#info | (writer.hasEnvoys ? ENVOYS : 0)
    let at = 0
    let cell = 0
    try {
      cell = this.blank()
      if (writer.buffers.length > 0) {
        // Its envoys are the slot's affair.
        info = this.#info | SLOT
        at = jobs.parcel(PARCEL)
      } else if (length > SIZE - WORDS) {
        info |= BLOCK
        at = jobs.heap.allocate(length)
        this.#arena.reach(at + length)
      } else info |= length
    } catch (error) {
      if ((info & SLOT) === 0) writer.giveUp()
      if (cell !== 0) this.#slab.free(cell)
      throw error
    }
    const { words } = this.#arena
    words[cell + INFO] = info
    if (at === 0) {
      for (let i = 0; i < length; i++) words[cell + WORDS + i] = writer.words[i]!
      return cell
    }
    words[cell + WORDS] = at
    words[cell + WORDS + 1] = length
    if ((info & BLOCK) !== 0) {
      if (length > 32) words.set(writer.words.subarray(0, length), at)
      else for (let i = 0; i < length; i++) words[at + i] = writer.words[i]!
    }
    return cell
  }

  /** A message, once; its block is freed. The cell stays. */
  read(message: number): unknown {
    const { words } = this.#arena
    const cell = cellOf(message)
    if ((words[cell + INFO]! & INTS) !== 0) return words[cell + WORDS + placeOf(message)]!
    return this.numbers(message, 1, single, 0) ? single[0] : this.#decode(message)
  }

  /** It and `count` - 1 that follow in its cell, into `to` from `at` on; any number of times. False: they are not numbers. */
  numbers(message: number, count: number, to: Float64Array, at: number): boolean {
    const { words } = this.#arena
    const cell = cellOf(message)
    const info = words[cell + INFO]!
    const first = placeOf(message)
    if ((info & INTS) !== 0) for (let i = 0; i < count; i++) to[at + i] = words[cell + WORDS + first + i]!
    else if ((info & NUMBERS) === 0) return false
    else {
      for (let i = 0, from = cell + WORDS + 2 * first; i < count; i++, from += 2) {
        doubleWords[0] = words[from]!
        doubleWords[1] = words[from + 1]!
        to[at + i] = double[0]!
      }
    }
    return true
  }

  #decode(cell: number): unknown {
    const { jobs } = this.#worker
    const info = this.#arena.words[cell + INFO]!
    if ((info & SLOT) !== 0) return jobs.unpack(this.#arena.words[cell + WORDS]!)
    const { at, length } = this.#place(cell, info)
    if ((info & RAW) !== 0) return this.#readArray(cell, at)
    jobs.reader.begin(this.#arena.words, at, at + length, false, TAKE)
    try {
      return jobs.reader.value()
    } finally {
      if ((info & BLOCK) !== 0) jobs.heap.free(at)
    }
  }

  #readArray(cell: number, at: number): TypedArray {
    const { words } = this.#arena
    try {
      return this.#arrays.read(words[cell + WORDS + 3]!, at, words[cell + WORDS + 2]!)
    } finally {
      this.#worker.jobs.heap.free(at)
    }
  }

  #place(cell: number, info: number): { at: number; length: number } {
    const { words } = this.#arena
    if ((info & BLOCK) === 0) return { at: cell + WORDS, length: info & LENGTH }
    const at = words[cell + WORDS]!
    const length = words[cell + WORDS + 1]!
    this.#arena.reach(at + length)
    return { at, length }
  }

  /** Nobody will read the message: what it names is settled. */
  drop(cell: number): void {
    this.#settle(cell, DROP)
  }

  /** It could not be sent: everything is as it was before {@link fill}. */
  undo(cell: number): void {
    this.#settle(cell, RETURN)
    this.#slab.free(cell)
  }

  #settle(cell: number, how: number): void {
    const { jobs } = this.#worker
    const info = this.#arena.words[cell + INFO]!
    if ((info & SLOT) !== 0) {
      const slot = this.#arena.words[cell + WORDS]!
      this.#arena.reach(slot + SLOT_SIZE)
      jobs.drop(slot, how)
      jobs.free(slot)
      return
    }
    if ((info & KIND) === 0) return
    const { at, length } = this.#place(cell, info)
    if ((info & ENVOYS) !== 0) jobs.reader.settle(this.#arena.words, at, at + length, how)
    if ((info & BLOCK) !== 0) jobs.heap.free(at)
  }

  /** Gives a cell back to its home, in time. */
  free(cell: number): void {
    const home = this.#arena.words[cell + INFO]! >>> HOME_SHIFT
    if (home === this.#worker.seat) return this.#slab.free(cell)
    let lot = this.#lots[home]
    if (lot === undefined) this.#lots[home] = lot = { slab: this.#slabOf(home), first: 0, last: 0, count: 0 }
    if (lot.count === 0) lot.last = cell
    else this.#arena.words[cell + PREV] = lot.first
    lot.first = cell
    this.#pending++
    if (++lot.count === LOT) this.#give(lot)
  }

  /** Gives back what waits for it: there is time. */
  flush(): void {
    if (this.#pending > 0) for (const lot of this.#lots) if (lot !== undefined && lot.count > 0) this.#give(lot)
  }

  #give(lot: Lot): void {
    this.#pending -= lot.count
    lot.count = 0
    lot.slab.freeAll(lot.first, lot.last)
  }
}

const cells = new WeakMap<Worker, Cells>()

export function cellsOf(worker: Worker): Cells {
  let own = cells.get(worker)
  if (own === undefined) cells.set(worker, (own = new Cells(worker)))
  return own
}
