import { load } from '../memory/atomics.ts'
import type { Counters } from './counters.ts'
import type { Lodging } from './lodging.ts'
import type { Questions } from './questions.ts'
import type { Registry } from './registry.ts'
import { CLAIMED, seatOf, STATE, stateOf } from './slot.ts'
import { breathe, type Thief } from './thief.ts'

/** Looks (about a microsecond apart) before a thread sleeps. */
export const LOOKS = 60
/** Longest sleep in ms: even a wake-up lost with its sender's thread costs no more than this. */
export const NAP = 500
/**
 * Sleep in ms of a thread that has seen only unripe jobs. It does not announce itself: whoever publishes tiny forks one after
 * the other would have to wake it each time, in vain, and a wake-up costs as much as a hundred forks.
 */
export const DOZE = 0.2

/** Who waits. */
export interface Waiter {
  readonly registry: Registry
  readonly seat: number
  readonly thief: Thief
  readonly counters: Counters
  /** False if its stack has no room for another job. */
  readonly helps: boolean
  /** Runs a job of another seat, `from` first. False if there is none. */
  help(from: number): boolean
  /** Runs a job that this seat has to offer, which somebody on this stack may wait for, and which perhaps nobody else takes. False if there is none. */
  serve(): boolean
  readonly questions: Questions
  readonly lodging: Lodging
  /** Called after each sleep. */
  awake(): void
}

/**
 * Returns a slot's state word once its job has ended. Runs other jobs meanwhile, the thief's first: what it has to offer is
 * part of what we wait for, so the stack stays shallow (Wagner and Calder's leapfrogging, PPoPP 1993).
 */
export function awaitEnd(waiter: Waiter, slot: number): number {
  const { arena } = waiter.registry
  let word = 0
  awaitThat(waiter, () => {
    word = load(arena.words, slot + STATE)
    return stateOf(word) > CLAIMED ? ENDED : seatOf(word)
  })
  return word
}

/** What `look` of {@link awaitThat} answers when there is nothing to wait for any more. */
export const ENDED = -2

/**
 * Works and sleeps until `look` answers ENDED; else it names the seat to take work from first, or -1. `look` must be atomic. Only where there is
 * {@link needRoom}: whoever looked for it only here, a little deeper, could neither go on nor throw.
 */
export function awaitThat(waiter: Waiter, look: () => number): void {
  const { registry, seat, thief } = waiter
  const { sleepers } = registry
  const { helps } = waiter
  for (let looks = 0; ;) {
    const from = look()
    if (from === ENDED) return
    if (helps && waiter.help(from)) {
      looks = 0
      continue
    }
    // A resident may be what we wait for, or what only this seat has to offer, however deep this stack is.
    if (!helps && waiter.lodging.residents !== undefined && (waiter.lodging.turn() || waiter.serve())) {
      looks = 0
      continue
    }
    waiter.questions.attend(registry)
    if (++looks < LOOKS) {
      breathe()
      continue
    }
    // Jobs that are not ripe, or whose module it lacks, are no reason to sleep soundly, nor to stay awake.
    const doze = helps && (thief.restless || thief.lacks)
    sleepers.announce(seat, helps && !doze && thief.roams)
    const ended = look() === ENDED
    if (
      !ended &&
      !waiter.questions.open(registry) &&
      !waiter.lodging.called &&
      (doze || !(helps && thief.anything()))
    ) {
      waiter.counters.sleeps++
      sleepers.sleep(seat, Math.min(waiter.lodging.due, doze ? DOZE : NAP))
    }
    sleepers.cancel(seat)
    waiter.awake()
    looks = 0
  }
}
