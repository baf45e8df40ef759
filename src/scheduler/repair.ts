import { load, store } from '../memory/atomics.ts'
import { ACTIVE, IMPORTING, type Registry, WANT } from './registry.ts'
import {
  allSlots,
  CLAIMED,
  COUNT,
  DELIVERY,
  FAILED,
  FREE,
  HOME,
  LOST,
  MAILED,
  PUBLISHED,
  seatOf,
  STATE,
  stateOf,
  takeBack,
  withState,
} from './slot.ts'
import type { Worker } from './worker.ts'

/**
 * After a thread has died: settles all that it left, so that nobody waits for it and its successor finds the seat in order.
 * Run by the caller's thread alone, once the dead one can take no further step (its exit was reported).
 *
 * 1. Its sleep is over: nobody wakes it instead of somebody else.
 * 2. What was sent to it alone, and what it had claimed, fails as lost; whoever waits for that is told.
 * 3. Its published forks are canceled; those stolen run on, with nobody to join them: `orphans` collects them.
 * 4. Its deque, now dead entries only, is emptied, and its free slots are collected.
 * 5. Everybody is woken and asked to offer work: the dead one may have been about to do either, or half way through a wake-up.
 */
export function repair(worker: Worker, seat: number, orphans: Set<number>): void {
  const { registry } = worker
  const { arena, sleepers, mailboxes, deques, control } = registry
  sleepers.bury(seat)
  store(arena.words, registry.seat(seat) + ACTIVE, 0)
  store(arena.words, registry.seat(seat) + IMPORTING, 0)
  mailboxes[seat]!.take(slot => lose(registry, slot))
  const idle: number[] = []
  for (const slot of allSlots(arena, control)) {
    const word = load(arena.words, slot + STATE)
    const state = stateOf(word)
    if (state === CLAIMED && seatOf(word) === seat) lose(registry, slot)
    if (arena.words[slot + HOME] !== seat) continue
    if (state === FREE) idle.push(slot)
    else if (state === PUBLISHED && takeBack(arena, slot, word)) {
      worker.jobs.drop(slot)
      idle.push(slot)
    } else orphans.add(slot)
  }
  registry.slab(seat).rebuild(idle)
  bury(worker, orphans)
  deques[seat]!.clear()
  for (let other = 0; other < registry.seats; other++) {
    store(arena.words, registry.seat(other) + WANT, 1)
    sleepers.rouse(other)
  }
}

/** Ends a job whose claimer is gone, or that nobody can claim any more. */
export function lose(registry: Registry, slot: number): void {
  const { arena, mailboxes } = registry
  const words = arena.words
  words[slot + COUNT] = LOST
  store(words, slot + STATE, withState(words[slot + STATE]!, FAILED, registry.caller))
  if (words[slot + DELIVERY] === MAILED) mailboxes[words[slot + HOME]!]!.send(slot)
}

/** Frees those orphans that have ended meanwhile. */
export function bury(worker: Worker, orphans: Set<number>): void {
  const { arena } = worker.registry
  for (const slot of orphans) {
    if (stateOf(load(arena.words, slot + STATE)) <= CLAIMED) continue
    orphans.delete(slot)
    worker.jobs.drop(slot)
    worker.jobs.freeFor(arena.words[slot + HOME]!, slot)
  }
}
