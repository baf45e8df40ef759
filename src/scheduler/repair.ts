import { add, load, replace, store } from '../memory/atomics.ts'
import { ignore, notify } from './notice.ts'
import { isTrial, jobOf } from './errand.ts'
import { ACTIVE, BLOCKING, DEATHS, IMPORTING, LIVES, RUNNING, WANT } from './registry.ts'
import {
  allSlots,
  CANCELED,
  claim,
  CLAIMED,
  COUNT,
  DELIVERY,
  ERRAND,
  FAILED,
  FREE,
  GHOST,
  HELD,
  HOLDER,
  HOME,
  JOINED,
  KEEPER,
  LOST,
  NOTICE,
  PUBLISHED,
  refOf,
  seatOf,
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
 * 3. Its published forks are canceled; those stolen run on, with nobody to join them: `orphans` collects them. What it had
 *    spawned for a parent on another seat, or for none, is published anew (`again`); what had its parent here shall stop.
 * 4. Roots that it has ended may not have been mailed: the GHOST in their state tells their keeper.
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
  const idle: number[] = []
  for (const slot of allSlots(arena, control)) settle(worker, seat, slot, idle, orphans, again)
  registry.slab(seat).rebuild(idle)
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
  mailboxes[seat]!.take(slot => {
    const state = stateOf(load(arena.words, slot + STATE))
    if (state === PUBLISHED) lose(worker, slot)
    else if (state !== HELD) worker.jobs.letGo(slot)
    else if (arena.words[slot + DELIVERY] === ERRAND) decline(worker, slot)
    else if (arena.words[slot + DELIVERY] === NOTICE) ignore(worker, slot)
    // Taken out of the mail, so that it is sent once more when what it waits for is gone.
    else if (!worker.post.signal.disarm(slot)) worker.jobs.discard(slot)
  })
}

/** Nobody will do what this errand asks for. */
function decline(worker: Worker, errand: number): void {
  const { arena, caller } = worker.registry
  const slot = isTrial(worker, errand) ? 0 : jobOf(worker, errand)
  const word = slot === 0 ? 0 : load(arena.words, slot + STATE)
  // Claimed first: others may be about to kill it.
  if (slot !== 0 && slot === jobOf(worker, errand) && claim(arena, slot, word, caller)) lose(worker, slot)
  worker.jobs.discard(errand)
}

function settle(
  worker: Worker,
  seat: number,
  slot: number,
  idle: number[],
  orphans: Set<number>,
  again: (ref: number) => void,
): void {
  const { words } = worker.registry.arena
  const word = load(words, slot + STATE)
  const state = stateOf(word)
  const isSpawned = state !== FREE && state !== HELD && words[slot + DELIVERY] === SPAWNED
  const mine = words[slot + HOME] === seat
  if (state === CLAIMED && seatOf(word) === seat) {
    lose(worker, slot)
    if (isSpawned) return
  }
  if (isSpawned) {
    const isKeeper = words[slot + KEEPER] === seat
    // What is in the mail, or will be, is for its successor to let go of.
    if (isKeeper && state <= CLAIMED) stop(worker, slot)
    else if (state > CLAIMED && seatOf(word) === seat) {
      if (isKeeper) worker.jobs.letGo(slot)
      else replace(words, slot + STATE, word, withState(word, state, GHOST))
    } else if (mine && state === PUBLISHED) again(refOf(slot, word))
    return
  }
  if (state === HELD && words[slot + HOLDER] === seat + 1) {
    if (words[slot + DELIVERY] === ERRAND) decline(worker, slot)
    else if (words[slot + DELIVERY] === NOTICE) ignore(worker, slot)
  }
  if (!mine || state === HELD) return
  if (state === FREE) idle.push(slot)
  else if (state === PUBLISHED && takeBack(worker.registry.arena, slot, word)) {
    worker.jobs.drop(slot)
    idle.push(slot)
  } else orphans.add(slot)
}

/** Ends a job whose claimer is gone, or that nobody can claim any more. */
export function lose(worker: Worker, slot: number): void {
  const { words } = worker.registry.arena
  const sentence = worker.jobs.sentences.get(slot)
  if (sentence?.use === useOf(words[slot + STATE]!)) worker.jobs.conclude(slot, sentence.error, true)
  else words[slot + COUNT] = LOST
  store(words, slot + STATE, withState(words[slot + STATE]!, FAILED, worker.registry.caller))
  if (words[slot + DELIVERY] !== JOINED) worker.post.report(slot)
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
    worker.jobs.letGo(slot)
  }
}
