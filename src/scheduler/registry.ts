import { LimitError } from '../errors.ts'
import { Deque } from '../lockfree/deque.ts'
import { Mailbox } from '../lockfree/mailbox.ts'
import { Slab } from '../lockfree/slab.ts'
import { Sleepers } from '../lockfree/sleepers.ts'
import { Arena, GRANULE, type Memory } from '../memory/arena.ts'
import { layout, roundUp } from '../memory/layout.ts'
import { Directory } from './directory.ts'
import { Heap } from './heap.ts'
import { LINK, prepareSlot, SEATS, SLOT_SIZE } from './slot.ts'

/**
 * Where everything of a pool lies: the map of its memory, the same in every thread.
 *
 *   control | directory | sleepers | seat 0 … seat n-1 (threads) | seat n (the caller) | slots and blocks as they come
 *
 * A *seat* is a place in the pool: a thread that dies leaves its seat, with deque, mailbox and slab, to its successor.
 * The last seat is that of the thread that made the pool: it submits (its deque is the injector), and works only in `runSync`.
 */

const control = layout({
  /** Head of the chain of all slots. */
  slots: 1,
  /** 0 while the pool is open, else the poison that ends every worker's loop (pool.ts, close). */
  stop: 1,
  /** Numbers given to shared buffers so far. */
  buffers: 1,
  /** How often a thread has asked for a buffer that it lacks. */
  asked: 1,
  /** How many threads have died and been repaired after. */
  deaths: 1,
  /** How often task-local values have been set. */
  locals: 1,
})
export const STOP: number = control.at.stop
export const BUFFERS: number = control.at.buffers
export const ASKED: number = control.at.asked
export const SETS: number = control.at.locals
export const DEATHS: number = control.at.deaths

const seat = layout(
  {
    /** Owner's: 1 asks it to publish at its next fork. Set by thieves (atomically), by the owner (plainly), polled plainly. */
    want: 1,
    /** 1 while its thread runs jobs; the caller's only inside `runSync`. */
    active: 1,
    /** Number of the task whose module its thread is importing, plus one; else 0. */
    importing: 1,
    /** The platform's number of its thread, by which a caller that blocks can see it die; 0 if there is none. */
    thread: 1,
    /** How many threads have sat here and died. */
    lives: 1,
    mailbox: 1,
    slots: Slab.words,
    blocks: Heap.words,
    /** Owner's plain counters: `Counter`. */
    counters: 16,
  },
  ['want', 'active', 'mailbox', 'slots', 'counters'],
)
export const WANT: number = seat.at.want
export const ACTIVE: number = seat.at.active
export const IMPORTING: number = seat.at.importing
export const THREAD: number = seat.at.thread
export const LIVES: number = seat.at.lives
export const COUNTERS: number = seat.at.counters
/** Heads of the lists of the seat's free slots. */
export const SLOTS: number = seat.at.slots

/** Jobs a thread's deque holds. Only the oldest pending forks and a few children of a scope are ever there at once. */
const THREAD_CAPACITY = 256
/** Jobs the caller's deque holds: what workers can go on with while the caller's event loop is blocked. */
const CALLER_CAPACITY = 65_536
const SLOTS_A_CHUNK = 64

export class Registry {
  readonly arena: Arena
  readonly threads: number
  /** `threads + 1`. */
  readonly seats: number
  /** The seat of the thread that made the pool. */
  readonly caller: number
  readonly control: number
  readonly directory: Directory
  readonly sleepers: Sleepers
  readonly deques: readonly Deque[]
  readonly mailboxes: readonly Mailbox[]
  readonly #seats: number

  private constructor(arena: Arena, threads: number) {
    const map = mapOf(threads)
    this.arena = arena
    this.threads = threads
    this.seats = threads + 1
    this.caller = threads
    this.control = map.control
    this.#seats = map.seats
    this.directory = new Directory(arena, map.directory)
    this.sleepers = new Sleepers(arena.words, map.sleepers, this.seats)
    this.deques = Array.from(
      { length: this.seats },
      (_, i) => new Deque(arena.words, map.deques[i]!, capacityOf(i, threads)),
    )
    this.mailboxes = Array.from(
      { length: this.seats },
      (_, i) => new Mailbox(arena, this.seat(i) + seat.at.mailbox, LINK),
    )
  }

  /** Makes the memory of a pool of `threads` threads. */
  static initialise(threads: number): Registry {
    if (threads + 1 > SEATS)
      throw new LimitError(`A pool of ${threads} threads is too large`, `The most is ${SEATS - 1}.`)
    return new Registry(Arena.initialise(mapOf(threads).end), threads)
  }

  /** Views the memory of a pool in one of its threads. */
  static attach(memory: Memory, threads: number): Registry {
    return new Registry(new Arena(memory), threads)
  }

  /** Address of a seat's record. */
  seat(index: number): number {
    return this.#seats + index * seat.size
  }

  slab(index: number): Slab {
    return new Slab(this.arena, this.seat(index) + SLOTS, SLOT_SIZE, LINK, SLOTS_A_CHUNK)
  }

  /** What `slab(index).allocate` calls for a new record. */
  prepare(index: number): (slot: number) => void {
    return slot => prepareSlot(this.arena, slot, index, this.control)
  }

  heap(index: number): Heap {
    return new Heap(this.arena, home => this.seat(home) + seat.at.blocks, index)
  }
}

function capacityOf(index: number, threads: number): number {
  return index === threads && threads > 0 ? CALLER_CAPACITY : THREAD_CAPACITY
}

interface Map {
  readonly control: number
  readonly directory: number
  readonly sleepers: number
  readonly seats: number
  readonly deques: readonly number[]
  readonly end: number
}

function mapOf(threads: number): Map {
  // The arena's own first granules come before; what is carved here is never allocated, so it is taken off the arena's start.
  let next = Arena.start
  const take = (words: number): number => {
    const at = next
    next = roundUp(next + words, GRANULE)
    return at
  }
  return {
    control: take(control.size),
    directory: take(Directory.words),
    sleepers: take(Sleepers.size(threads + 1)),
    seats: take(seat.size * (threads + 1)),
    deques: Array.from({ length: threads + 1 }, (_, i) => take(Deque.size(capacityOf(i, threads)))),
    end: next,
  }
}
