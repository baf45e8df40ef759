import { ENVOY, TAG_BITS } from './tags.ts'
import { crossesBy } from './kinds.ts'

/**
 * An object that stands for something in shared memory and crosses as a few words that name it: a handle, an end of a channel.
 * Its class is declared once in each thread ({@link envoys}), and its prototype tells writer and guard what it is.
 */
export interface Envoy {
  /** @internal The `Carrier.host` of the pool in whose memory it lies: it is nothing in another. Undefined: `depart` says why it cannot cross. */
  readonly home: unknown
  /** The words by which it is found on the other side. Counts one of it as on its way, until `arrive` or `recall`. */
  depart(): readonly number[]
}

/** The other side. `host` is what a thread knows of its own place in the pool (`Carrier.host`). */
export interface EnvoyClass<H = never> {
  /** True: it may be in a message that several read. */
  readonly many?: boolean
  /** Each message is for one reader, and settles what `depart` has counted; unless it is a `copy`, which others may read too. */
  arrive(host: H, words: readonly number[], copy: boolean): object
  /** Its message will not be read (any more). `unsent`: by the thread that called `depart`, and nobody else has seen it. */
  recall(host: H, words: readonly number[], unsent: boolean): void
}

const classes: EnvoyClass[] = []

/** Declares that instances with this prototype cross. `kind` is part of the message format: one number for each class, for ever. */
export function envoys<H>(kind: number, prototype: object, declared: EnvoyClass<H>): void {
  classes[kind] = declared
  crossesBy(prototype, ENVOY | (kind << TAG_BITS))
}

export function envoyClass(kind: number): EnvoyClass | undefined {
  return classes[kind]
}
