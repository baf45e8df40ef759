import { Slab } from '../lockfree/slab.ts'
import type { Arena } from '../memory/arena.ts'
import { CELLS } from '../scheduler/registry.ts'
import { PARCEL, SLOT_SIZE } from '../scheduler/slot.ts'
import type { Worker } from '../scheduler/worker.ts'
import { DROP, RETURN, TAKE } from '../wire/reader.ts'
import { FLOAT, INT, SMALL, TAG_BITS, TAG_MASK } from '../wire/tags.ts'
import { Arrays, classOf, type TypedArray } from './arrays.ts'

/**
 * A message: a record of eight words of the seat that sent it.
 *
 *   [ prev | next | home, flags, length | answer ][ four words: the message, or where it lies ]
 *
 * A number fits, and so do most short strings. What does not lies in a block, a typed array as it is and all else encoded, and what
 * names shared buffers in a slot.
 */
export const PREV = 0
export const NEXT = 1
const INFO = 2
/** Rendezvous: the address of the word by which sender and receiver agree whether it is taken; else 0. */
export const ANSWER = 3
const WORDS = 4
const SIZE = 8
const CHUNK = 512

/** The block holds a typed array: its length in elements and its class are the other two. */
const RAW = 8
/** The four words are address and length of a block. */
const BLOCK = 16
/** They are the address of a slot. */
const SLOT = 32
/** The message names envoys. */
const ENVOYS = 64
const KIND = BLOCK | SLOT | ENVOYS
const LENGTH = 7
const HOME_SHIFT = 8

/** Cells are given back to others in lots of so many. */
const LOT = 64

const double = new Float64Array(1)
const doubleWords = new Int32Array(double.buffer)
function nothing(): void {}

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
    words[cell + ANSWER] = 0
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      words[cell + INFO] = this.#info | 2
      words[cell + WORDS] = INT
      words[cell + WORDS + 1] = value
    } else {
      double[0] = value
      words[cell + INFO] = this.#info | 3
      words[cell + WORDS] = FLOAT
      words[cell + WORDS + 1] = doubleWords[0]!
      words[cell + WORDS + 2] = doubleWords[1]!
    }
    return cell
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

  /** The message, once; its block is freed. The cell stays. */
  read(cell: number): unknown {
    return this.number(cell) ?? this.#decode(cell)
  }

  /** The message if it is a number, any number of times. */
  number(cell: number): number | undefined {
    const { words } = this.#arena
    if ((words[cell + INFO]! & KIND) !== 0) return undefined
    const head = words[cell + WORDS]!
    switch (head & TAG_MASK) {
      case INT:
        return words[cell + WORDS + 1]!
      case SMALL:
        return head >> TAG_BITS
      case FLOAT:
        doubleWords[0] = words[cell + WORDS + 1]!
        doubleWords[1] = words[cell + WORDS + 2]!
        return double[0]
    }
    return undefined
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
      jobs.discard(slot)
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
