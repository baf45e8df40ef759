import { load, replace, store } from '../memory/atomics.ts'
import { LEAVING, OFF, ON } from './duty.ts'
import { BLOCKING, DUTY, type Registry } from './registry.ts'

/**
 * As many spare threads work as others block. Sends home those that are too many, calls back those that are there, and returns how many
 * are missing: those only the maker of the pool can start.
 *
 * Whoever begins or ends to block has stored so before, and counts from scratch; so counts cannot drift apart, whoever dies. Of two that
 * count at the same time the later one sees both stores, and what the earlier one has done too much is undone by it.
 */
export function balance(registry: Registry): number {
  const { arena, inUse } = registry
  const { words } = arena
  let missing = 0
  for (let seat = 0; seat < inUse; seat++) {
    const at = registry.seat(seat)
    missing += Number(load(words, at + BLOCKING) !== 0) - Number(load(words, at + DUTY) === ON)
  }
  for (let seat = inUse - 1; seat > registry.caller && missing !== 0; seat--) {
    const duty = registry.seat(seat) + DUTY
    if (missing < 0) missing += Number(replace(words, duty, ON, LEAVING))
    else if (replace(words, duty, LEAVING, ON) || replace(words, duty, OFF, ON)) {
      missing--
      registry.sleepers.wake(seat)
    }
  }
  return Math.max(0, missing)
}

/** The task on `seat` blocks from now on, or goes on: see {@link balance} for what is returned. */
export function setBlocking(registry: Registry, seat: number, value: number): number {
  store(registry.arena.words, registry.seat(seat) + BLOCKING, value)
  return balance(registry)
}
