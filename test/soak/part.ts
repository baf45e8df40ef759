/** What a round has accounted for, by noun: added up over all rounds. */
export type Tally = Readonly<Record<string, number>>

/** Rounds of one part, on pools that stay from round to round. */
export interface Rounds {
  /** One round, all of whose choices follow from `seed`. Throws what is wrong. */
  round(seed: number): Promise<Tally> | Tally
  /** Ends what was opened; throws if something is left behind. */
  close(): Promise<void>
}

/**
 * One subject of the soak. It is played in a process of its own (play.ts) under a watchdog in another (watch.ts), so
 * that a hang, a crash and an event loop that never turns are all failures with a seed.
 */
export interface Part {
  /** Flags of Node that the process needs. */
  readonly flags?: readonly string[]
  open(): Rounds
}

export type Random = (below: number) => number

/** mulberry32 */
export function random(seed: number): Random {
  let state = seed | 0
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

export function pick<T>(r: Random, from: readonly T[]): T {
  return from[r(from.length)]!
}
