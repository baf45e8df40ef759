import { ARMED } from '../lockfree/signal.ts'
import { layout } from '../memory/layout.ts'
import { load } from '../memory/atomics.ts'
import { LIVES, type Registry } from './registry.ts'
import { PAYLOAD, SEATS } from './slot.ts'

/** A seat's subscription to something that its tasks wait for: a HELD slot (lockfree/signal.ts has the protocol). */
const record = layout({
  next: 1,
  flag: 1,
  /** Address of the list that it is in: what its seat knows it by. */
  head: 1,
})
export const NEXT: number = PAYLOAD + record.at.next
export const FLAG: number = PAYLOAD + record.at.flag
export const HEAD: number = PAYLOAD + record.at.head

/** What stands in the flag of a subscription that this seat's present thread has rung. */
export function markOf(registry: Registry, seat: number): number {
  const lives = load(registry.arena.words, registry.seat(seat) + LIVES)
  return ARMED + 1 + seat + SEATS * (lives & 0x1fffff)
}

/** True if the thread that left this mark is dead. */
export function isStale(registry: Registry, mark: number): boolean {
  const seat = (mark - ARMED - 1) % SEATS
  return seat < registry.seats && markOf(registry, seat) !== mark
}
