import type { PeerName } from '../peers/names.ts'

/** What every benchmark file exports as `bench`: what is measured, against what, and what it should come to. */
export interface Bench {
  readonly question: string
  /** How it is measured, in a sentence or two. Printed under the table. */
  readonly method: string
  /** Of every sample. Always a quantity of which less is better. */
  readonly unit: Unit
  /** What one operation is, if the table shall have a column of nanoseconds for each. */
  readonly each?: string
  /** The table has a column of operations per second. */
  readonly perSecond?: boolean
  /** At most this many rounds, for measurements that are long. */
  readonly rounds?: number
  /** In the order of the table. */
  readonly variants: Readonly<Record<string, Variant>>
  readonly checks: readonly Check[]
}

export type Unit = 'ms' | 'us' | 'ns' | 'tasks' | 'bytes'

/** One row. Each sample of it is taken in a process that does nothing else. */
export interface Variant {
  /** Its result is checked before it counts: a wrong one throws. */
  measure(settings: Settings): Measured | Promise<Measured>
  /** Options for Node. */
  readonly flags?: readonly string[]
  /** Left out, with a note, if this package could not be installed. */
  readonly peer?: PeerName
  /** Milliseconds after which the process is taken for hung. */
  readonly limit?: number
}

export interface Settings {
  /** Small sizes: does it work? The figures mean nothing. */
  readonly quick: boolean
}

export interface Measured {
  /** In the unit of the benchmark. */
  readonly samples: readonly number[]
  /** Operations in one sample. */
  readonly operations?: number
  /** Whatever explains the figure: forks published, steals. Shown as medians over the processes. */
  readonly facts?: Readonly<Record<string, number>>
}

/** A ratio, or a figure by itself, with the bar that it has to clear if there is one. */
export interface Check {
  readonly what: string
  readonly of: string
  /** What `of` is divided by; of several, the smallest. Without it the figure itself is checked. */
  readonly to?: string | readonly string[]
  /** The ratio the other way up: how many times faster than `to`. */
  readonly gain?: boolean
  /** Which statistic of both; the median unless said otherwise. */
  readonly at?: Statistic
  readonly most?: number
  readonly least?: number
}

/** `exit` is the time in ms that the process took to end by itself after its result. */
export type Statistic = 'best' | 'median' | 'mean' | 'p99' | 'worst' | 'exit'
