import { LimitError } from '../errors.ts'
import { Deque } from '../lockfree/deque.ts'
import { Mailbox } from '../lockfree/mailbox.ts'
import { Slab } from '../lockfree/slab.ts'
import { Sleepers } from '../lockfree/sleepers.ts'
import { Arena, GRANULE, type Memory } from '../memory/arena.ts'
import { load } from '../memory/atomics.ts'
import { layout, roundUp } from '../memory/layout.ts'
import { Directory } from './directory.ts'
import { VACANT } from './duty.ts'
import { Heap } from './heap.ts'
import { LINK, prepareSlot, SEATS, SLOT_SIZE } from './slot.ts'

/**
 * Where everything of a pool lies: the map of its memory, the same in every thread.
 *
 *   control | directory | sleepers | seat 0 … n-1 (threads) | seat n (the caller) | extra seats | slots and blocks as they come
 *
 * A *seat* is a place in the pool: a thread that dies leaves its seat, with deque, mailbox and slab, to its successor.
 * Seat n is that of the thread that made the pool: it submits (its deque is the injector), and works only in `runSync`. The extra
 * seats are for threads that come and go (scheduler/duty.ts); most of them are vacant most of the time.
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
  /** How many extra seats there are, and how many of them, from the first on, hold all that are taken. */
  extra: 1,
  taken: 1,
  /** Threads that take work from others, beyond (or, negative, short of) the `threads` that the pool began with. */
  thieves: 1,
  /** 1 if every spawned task and every run has a thread of its own. */
  solo: 1,
  /** How often task-local values have been set. */
  locals: 1,
})
export const STOP: number = control.at.stop
export const BUFFERS: number = control.at.buffers
export const ASKED: number = control.at.asked
export const SETS: number = control.at.locals
export const DEATHS: number = control.at.deaths
export const TAKEN: number = control.at.taken
export const THIEVES: number = control.at.thieves
export const SOLO: number = control.at.solo

const seat = layout(
  {
    /** Owner's: 1 asks it to publish at its next fork. Set by thieves (atomically), by the owner (plainly), polled plainly. */
    want: 1,
    /** Owner's, plain: counts jobs, polls and looks, so that the watchdog sees a thread that does none of them. */
    beat: 1,
    /** Owner's, plain: slot of the job that runs here; else 0. */
    running: 1,
    /** 1 while its thread runs jobs; the caller's only inside `runSync`. */
    active: 1,
    /** Number of the task whose module its thread is importing, plus one; else 0. */
    importing: 1,
    /** The platform's number of its thread, by which a caller that blocks can see it die; 0 if there is none. */
    thread: 1,
    /** How many threads have sat here and died. */
    lives: 1,
    /** What the thread is here for: `Duty`. */
    duty: 1,
    /** Not 0 while its task blocks and has said so, or the watchdog has. */
    blocking: 1,
    mailbox: 1,
    slots: Slab.words,
    blocks: Heap.words,
    /** Messages in channels (`Cells`), and the channels' own records, which are slots that stay channels. */
    cells: Slab.words,
    channels: Slab.words,
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
export const BEAT: number = seat.at.beat
export const RUNNING: number = seat.at.running
export const DUTY: number = seat.at.duty
export const BLOCKING: number = seat.at.blocking
export const COUNTERS: number = seat.at.counters
/** Heads of the lists of the seat's free slots. */
export const SLOTS: number = seat.at.slots

/** Heads of the lists of the seat's free cells of messages, and of its free records of channels. */
export const CELLS: number = seat.at.cells
export const CHANNELS: number = seat.at.channels

/** Jobs a thread's deque holds. Only the oldest pending forks and a few children of a scope are ever there at once. */
const THREAD_CAPACITY = 256
/** Jobs the caller's deque holds: what workers can go on with while the caller's event loop is blocked. */
const CALLER_CAPACITY = 65_536
const SLOTS_A_CHUNK = 64

export class Registry {
  readonly arena: Arena
  /** Threads that the pool began with. */
  readonly threads: number
  /** `threads + 1`, and the extra ones. */
  readonly seats: number
  /** The seat of the thread that made the pool. */
  readonly caller: number
  readonly control: number
  readonly directory: Directory
  readonly sleepers: Sleepers
  readonly deques: readonly Deque[]
  readonly mailboxes: readonly Mailbox[]
  readonly #seats: number

  private constructor(arena: Arena, threads: number, extra: number) {
    const map = mapOf(threads, extra)
    this.arena = arena
    this.threads = threads
    this.seats = threads + 1 + extra
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

  /** Makes the memory of a pool of `threads` threads, with `extra` seats for more. */
  static initialise(threads: number, extra = 0): Registry {
    if (threads + 1 + extra > SEATS)
      throw new LimitError(`A pool of ${threads + extra} threads is too large`, `The most is ${SEATS - 1}.`)
    const arena = Arena.initialise(mapOf(threads, extra).end)
    const registry = new Registry(arena, threads, extra)
    arena.words[registry.control + control.at.extra] = extra
    for (let seat = threads + 1; seat < registry.seats; seat++) arena.words[registry.seat(seat) + DUTY] = VACANT
    return registry
  }

  /** Views the memory of a pool in one of its threads. */
  static attach(memory: Memory, threads: number): Registry {
    const arena = new Arena(memory)
    return new Registry(arena, threads, arena.words[mapOf(threads, 0).control + control.at.extra]!)
  }

  /**
   * Seats from the first on that hold every thread there is: nobody need look beyond. The maker of the pool writes it, before it starts a
   * thread in a seat further up, and after what was left in such a seat has been settled.
   *
   * Whoever goes to sleep loads it after it has announced that. If it saw it before a seat was taken, that seat's first job was
   * published later, and its publisher saw the announcement; so an empty seat costs nobody anything, and no job is overlooked.
   */
  get inUse(): number {
    return this.threads + 1 + load(this.arena.words, this.control + TAKEN)
  }

  /** The same as a hint, where a look that misses the newest seat is followed by others. */
  get recentlyInUse(): number {
    return this.threads + 1 + this.arena.words[this.control + TAKEN]!
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

function mapOf(threads: number, extra = 0): Map {
  const seats = threads + 1 + extra
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
    sleepers: take(Sleepers.size(seats)),
    seats: take(seat.size * seats),
    deques: Array.from({ length: seats }, (_, i) => take(Deque.size(capacityOf(i, threads)))),
    end: next,
  }
}
