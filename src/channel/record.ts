import { Slab } from '../lockfree/slab.ts'
import { Holders } from '../lockfree/holders.ts'
import type { Arena } from '../memory/arena.ts'
import { load, replace, store } from '../memory/atomics.ts'
import { layout } from '../memory/layout.ts'
import { CHANNELS, type Registry } from '../scheduler/registry.ts'
import {
  CHANNEL,
  DELIVERY,
  HELD,
  HOME,
  LINK,
  PAYLOAD,
  SLOT_SIZE,
  STATE,
  stateOf,
  withState,
} from '../scheduler/slot.ts'
import type { Worker } from '../scheduler/worker.ts'

/**
 * The record of a channel: a HELD slot that is never anything else. When a channel has ended, its record waits in a list of such records for
 * the next channel, and **keeps its lists of subscriptions**: so a subscription is never freed, and one that is rung late, for the channel
 * before, makes somebody look in vain and no worse.
 *
 * Two lines: what the receiver writes, then what the senders write.
 */
const record = layout({
  /** Unbounded, rendezvous: see lockfree/chain.ts. */
  front: 1,
  /** Bounded: see lockfree/ring.ts. */
  taken: 1,
  /** Seat of the receiver, plus one; the ticket of its journey, inverted, while it is on its way; 0 once it is gone. */
  owner: 1,
  /** Number of the receiver's last journey. */
  ticket: 1,
  /** How many channels have been here before. */
  use: 1,
})
const shared = layout({
  head: 1,
  tail: 1,
  /** Bounded: the receiver sleeps; senders want room. */
  asleep: 1,
  wanted: 1,
  /** Heads of the lists of subscriptions: to messages, and to room. */
  watchers: 1,
  room: 1,
  /** See `Life`. */
  life: 1,
  capacity: 1,
  /** Address of the ring. */
  places: 1,
  flight: 1,
  moves: 1,
  /** Address of the bits of `Holders`. */
  holders: 1,
})
const LINE = 16
export const FRONT: number = PAYLOAD + record.at.front
export const TAKEN: number = PAYLOAD + record.at.taken
export const OWNER: number = PAYLOAD + record.at.owner
export const TICKET: number = PAYLOAD + record.at.ticket
export const USE: number = PAYLOAD + record.at.use
export const HEAD: number = LINE + shared.at.head
export const TAIL: number = LINE + shared.at.tail
export const ASLEEP: number = LINE + shared.at.asleep
export const WANTED: number = LINE + shared.at.wanted
export const WATCHERS: number = LINE + shared.at.watchers
export const ROOM: number = LINE + shared.at.room
const LIFE = LINE + shared.at.life
export const CAPACITY: number = LINE + shared.at.capacity
export const PLACES: number = LINE + shared.at.places
const FLIGHT = LINE + shared.at.flight
const MOVES = LINE + shared.at.moves
const HOLDERS = LINE + shared.at.holders

/** No capacity. */
export const UNBOUNDED = -1

/** Records made at a time. */
const CHUNK = 8

/**
 * How a channel ends: each side once, by whoever finds that it is gone, and the record is free when both have been seen to. The word
 * names who is seeing to the senders' side, so that the repair can finish what a dead thread has begun; the receiver's side is its owner's.
 */
const SENDERS_GONE = 1
const RECEIVER_GONE = 2
const SENDERS_SEEN = 4
const RECEIVER_SEEN = 8
const FREE = SENDERS_SEEN | RECEIVER_SEEN
const SEAT_SHIFT = 4

/** A record for a channel; `prepare` makes its queue. */
export function openRecord(worker: Worker, capacity: number, prepare: (slot: number) => void): number {
  const { registry, seat } = worker
  const { arena } = registry
  const slot = slabOf(registry, seat).allocate(made => {
    // Before the repair can find it, which must not take it for a slot of its seat that nobody has.
    arena.words[made + DELIVERY] = CHANNEL
    registry.prepare(seat)(made)
  })
  const groups = Holders.groups(registry.seats)
  if (arena.words[slot + HOLDERS] === 0) {
    const holders = worker.jobs.heap.allocate(groups)
    arena.reach(holders + groups)
    arena.words.fill(0, holders, holders + groups)
    arena.words[slot + HOLDERS] = holders
  }
  let { words } = arena
  words[slot + CAPACITY] = capacity
  words[slot + USE]!++
  prepare(slot)
  words = arena.words
  words[slot + OWNER] = seat + 1
  holdersOf(worker, slot).join(seat)
  store(words, slot + LIFE, 0)
  store(words, slot + STATE, withState(words[slot + STATE]!, HELD, 0))
  return slot
}

function slabOf(registry: Registry, seat: number): Slab {
  return new Slab(registry.arena, registry.seat(seat) + CHANNELS, SLOT_SIZE, LINK, CHUNK)
}

export function holdersOf(worker: Worker, slot: number): Holders {
  const { arena, seats } = worker.registry
  const at = arena.words[slot + HOLDERS]!
  const groups = Holders.groups(seats)
  arena.reach(at + groups)
  return new Holders(arena, at, groups, slot + FLIGHT, slot + MOVES)
}

/** True if a channel is there. */
export function isOpen(arena: Arena, slot: number): boolean {
  return stateOf(load(arena.words, slot + STATE)) === HELD && (load(arena.words, slot + LIFE) & FREE) !== FREE
}

/** True if there are no senders any more. */
export function isDeserted(arena: Arena, slot: number): boolean {
  return (load(arena.words, slot + LIFE) & SENDERS_GONE) !== 0
}

/** True for the one who is to see to it that the receiver learns that the senders are gone; follow it by {@link endSenders}. */
export function beginSenders(arena: Arena, slot: number, seat: number): boolean {
  for (;;) {
    const life = load(arena.words, slot + LIFE)
    if ((life & SENDERS_GONE) !== 0) return false
    if (replace(arena.words, slot + LIFE, life, life | SENDERS_GONE | (seat << SEAT_SHIFT))) return true
  }
}

/** True if that seat has begun to see to the senders' side, and not ended. */
export function isSeeing(arena: Arena, slot: number, seat: number): boolean {
  const life = load(arena.words, slot + LIFE)
  return (life & (SENDERS_GONE | SENDERS_SEEN)) === SENDERS_GONE && life >>> SEAT_SHIFT === seat
}

export function endSenders(worker: Worker, slot: number): void {
  end(worker, slot, SENDERS_SEEN)
}

/** The receiver's side has been seen to. */
export function endReceiver(worker: Worker, slot: number): void {
  end(worker, slot, RECEIVER_GONE | RECEIVER_SEEN)
}

function end(worker: Worker, slot: number, bits: number): void {
  const { registry, seat } = worker
  const { words } = registry.arena
  for (;;) {
    const life = load(words, slot + LIFE)
    if (!replace(words, slot + LIFE, life, life | bits)) continue
    if (((life | bits) & FREE) !== FREE || (life & FREE) === FREE) return
    break
  }
  const places = words[slot + PLACES]!
  words[slot + PLACES] = 0
  if (places !== 0) {
    registry.arena.reach(places)
    worker.jobs.heap.free(places)
  }
  const home = words[slot + HOME]!
  const slab = slabOf(registry, home)
  if (home === seat) slab.free(slot)
  else slab.freeRemotely(slot)
}
