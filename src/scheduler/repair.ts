import { add, load, store } from '../memory/atomics.ts'
import { heirOf } from './heirs.ts'
import { ignore, notify, remind } from './notice.ts'
import { isTrial, jobOf } from './errand.ts'
import { ACTIVE, BLOCKING, DEATHS, IMPORTING, LIVES, RUNNING, WANT } from './registry.ts'
import {
  allSlots,
  CANCELED,
  CHANNEL,
  claim,
  CLAIMED,
  COUNT,
  DELIVERY,
  ERRAND,
  FAILED,
  FREE,
  HELD,
  HOLDS,
  HOLDER,
  HOME,
  isLoose,
  JOINED,
  KEEPER,
  KEPT,
  LOST,
  NOTICE,
  PARENT,
  PINNED,
  PUBLISHED,
  refOf,
  ROOT,
  seatOf,
  SLOT_SIZE,
  SPAWNED,
  STATE,
  stateOf,
  takeBack,
  useOf,
  withState,
} from './slot.ts'
import type { Worker } from './worker.ts'

/**
 * After a thread has died: settles all that it left, so that nobody waits for it and its successor finds the seat in order.
 * Run by the caller's thread alone, once the dead one can take no further step (its exit was reported).
 *
 * 1. Its sleep is over: nobody wakes it instead of somebody else.
 * 2. What was sent to it alone, and what it had claimed, fails as lost, or for the reason for which its thread was ended; whoever waits
 *    for that is told.
 * 3. Its published forks are canceled; those stolen run on, with nobody to join them: `orphans` collects them. They look into
 *    the slot of their root, and spawn for it: so it stays until they have ended, though it may be lost below, and nobody else knows of them.
 *    What it had spawned for a parent on another seat, or for none, is published anew (`again`); what had its parent here shall stop.
 *    What it held of records with rules of their own is let go of by their `Heir`.
 * 4. Roots that it has ended may not have been mailed: a notice reminds their keeper.
 * 5. Its deque, now dead entries only, is emptied, and its free slots are collected.
 * 6. Everybody is woken, asked to offer work and told of the death: the dead one may have been half way through a wake-up.
 */
export function repair(worker: Worker, seat: number, orphans: Set<number>, again: (ref: number) => void): void {
  const { registry } = worker
  const { arena, sleepers, deques, control } = registry
  const at = registry.seat(seat)
  sleepers.bury(seat)
  store(arena.words, at + ACTIVE, 0)
  store(arena.words, at + IMPORTING, 0)
  store(arena.words, at + RUNNING, 0)
  store(arena.words, at + BLOCKING, 0)
  // From here on what it has rung and not mailed counts as mailed.
  store(arena.words, at + LIVES, arena.words[at + LIVES]! + 1)
  empty(worker, seat)
  const slab = registry.slab(seat)
  const idle = new Set(slab.atHome())
  const sent = new Set<number>()
  for (const slot of allSlots(arena, control)) adopt(worker, seat, slot, idle, orphans, sent)
  for (const slot of allSlots(arena, control)) settle(worker, seat, slot, sent, again)
  slab.rebuild(idle)
  bury(worker, orphans)
  deques[seat]!.clear()
  add(arena.words, control + DEATHS, 1)
  for (let other = 0; other < registry.seats; other++) {
    store(arena.words, registry.seat(other) + WANT, 1)
    sleepers.rouse(other)
  }
}

/** Ends what was sent to a seat whose thread is gone. */
export function empty(worker: Worker, seat: number): void {
  const { arena, mailboxes } = worker.registry
  const mailbox = mailboxes[seat]!
  const settle = (slot: number): void => {
    const state = stateOf(load(arena.words, slot + STATE))
    if (state === PUBLISHED) lose(worker, slot)
    else if (state !== HELD) worker.jobs.letGo(slot, KEPT)
    else if (arena.words[slot + DELIVERY] === ERRAND) decline(worker, slot)
    else if (arena.words[slot + DELIVERY] === NOTICE) ignore(worker, slot)
    // Taken out of the mail, so that it is sent once more when what it waits for is gone.
    else if (!worker.post.signal.disarm(slot)) worker.jobs.free(slot)
  }
  // What is lost here may be mailed to this same seat, as its keeper.
  while (mailbox.holds()) mailbox.take(settle)
}

/** True if tasks that the thread of this seat has spawned have not ended, or will be mailed to it. */
export function hasWards({ registry: { arena, control } }: Worker, seat: number): boolean {
  for (const slot of allSlots(arena, control)) {
    const { words } = arena
    const state = stateOf(load(words, slot + STATE))
    if (state === FREE || state === HELD || words[slot + DELIVERY] !== SPAWNED) continue
    if (words[slot + KEEPER] === seat && load(words, slot + HOLDS) >= KEPT) return true
  }
  return false
}

/** Nobody will do what this errand asks for. */
function decline(worker: Worker, errand: number): void {
  const { arena, caller } = worker.registry
  const slot = isTrial(worker, errand) ? 0 : jobOf(worker, errand)
  const word = slot === 0 ? 0 : load(arena.words, slot + STATE)
  // Claimed first: others may be about to kill it.
  if (slot !== 0 && slot === jobOf(worker, errand) && claim(arena, slot, word, caller)) lose(worker, slot)
  worker.jobs.free(errand)
}

/**
 * Forks and free slots of the dead thread, before anything is lost: whoever a fork belongs to cannot end before that. Jobs for which
 * there is an errand are `sent`.
 */
function adopt(
  worker: Worker,
  seat: number,
  slot: number,
  idle: Set<number>,
  orphans: Set<number>,
  sent: Set<number>,
): void {
  const { words } = worker.registry.arena
  const word = load(words, slot + STATE)
  const state = stateOf(word)
  if (state === HELD && words[slot + DELIVERY] === ERRAND) sent.add(jobOf(worker, slot))
  if (words[slot + HOME] !== seat || state === HELD) return
  if (state === FREE) {
    // The record of a channel that has not been used yet is in a list of its own, which the successor inherits.
    if (!isLoose(word) && words[slot + DELIVERY] !== CHANNEL) idle.add(slot)
  } else if (words[slot + DELIVERY] !== JOINED) return
  else if (state === PUBLISHED && takeBack(worker.registry.arena, slot, word)) {
    worker.jobs.drop(slot)
    idle.add(slot)
    // It may be the orphan of an earlier thread of this seat.
  } else if (!orphans.has(slot)) {
    const root = words[slot + ROOT]!
    worker.registry.arena.reach(root + SLOT_SIZE)
    if (root !== 0) add(worker.registry.arena.words, root + HOLDS, 1)
    orphans.add(slot)
  }
}

/** What the dead thread had claimed, and roots that it kept, had spawned or had ended. */
function settle(worker: Worker, seat: number, slot: number, sent: Set<number>, again: (ref: number) => void): void {
  const { words } = worker.registry.arena
  const word = load(words, slot + STATE)
  const state = stateOf(word)
  if (state === CLAIMED && seatOf(word) === seat) return lose(worker, slot)
  if (state === HELD) {
    const isHeld = words[slot + HOLDER] === seat + 1
    if (words[slot + DELIVERY] === ERRAND && isHeld) decline(worker, slot)
    // One that it had out of its mail, and nobody to tell.
    if (words[slot + DELIVERY] === NOTICE && isHeld) return ignore(worker, slot)
    return heirOf(words[slot + DELIVERY]!)?.(worker, slot, seat)
  }
  if (state === FREE || words[slot + DELIVERY] !== SPAWNED) return
  const isKeeper = words[slot + KEEPER] === seat
  if (state > CLAIMED) {
    const holds = load(words, slot + HOLDS)
    if (holds === ~seat) return worker.jobs.bury(slot)
    // What others have ended is in the mail, or will be: its successor lets go of that. What it had out of its mail counts as ended here.
    if (holds < KEPT || seatOf(word) !== seat) return
    if (isKeeper) worker.jobs.letGo(slot, KEPT)
    else remind(worker, slot, word)
  } else if (isKeeper && words[slot + PARENT] !== 0) stop(worker, slot)
  else if (state !== PUBLISHED || words[slot + HOME] !== seat) return
  else if (words[slot + PINNED] === 0) again(refOf(slot, word))
  // It died before it could ask the one thread that may run it.
  else if (!sent.has(slot) && claim(worker.registry.arena, slot, word, worker.registry.caller)) lose(worker, slot)
}

/** Ends a job whose claimer is gone, or that nobody can claim any more. */
export function lose(worker: Worker, slot: number): void {
  const { words } = worker.registry.arena
  const sentence = worker.jobs.sentences.get(slot)
  if (sentence?.use === useOf(words[slot + STATE]!)) worker.jobs.conclude(slot, sentence.error, true)
  else words[slot + COUNT] = LOST
  const isTold = words[slot + DELIVERY] !== JOINED
  // Its orphans stop.
  if (isTold) store(words, slot + CANCELED, 1)
  store(words, slot + STATE, withState(words[slot + STATE]!, FAILED, worker.registry.caller))
  if (isTold) worker.post.report(slot)
}

/** A root shall stop: what nobody has begun ends now, what runs is told. */
function stop(worker: Worker, slot: number): void {
  const { registry } = worker
  const { arena } = registry
  const word = load(arena.words, slot + STATE)
  if (stateOf(word) === PUBLISHED && claim(arena, slot, word, registry.caller)) return lose(worker, slot)
  store(arena.words, slot + CANCELED, 1)
  const now = load(arena.words, slot + STATE)
  if (stateOf(now) === CLAIMED) notify(worker, slot, now)
}

/** Frees those orphans that have ended meanwhile. */
export function bury(worker: Worker, orphans: Set<number>): void {
  const { arena } = worker.registry
  for (const slot of orphans) {
    if (stateOf(load(arena.words, slot + STATE)) <= CLAIMED) continue
    orphans.delete(slot)
    const root = arena.words[slot + ROOT]!
    worker.jobs.free(slot)
    if (root !== 0) worker.jobs.letGo(root, 1)
  }
}
