import type { AnyFunction } from '../scheduler/tasks.ts'
import type { Sink } from './sinks.ts'

/**
 * Four sums side by side, which take numbers in turn. A sum waits for the one before it, so a single one takes three or
 * four cycles a number, whatever else there is to do; of four, each has that long, and a loop over numbers is as fast
 * as they come. Only where each element is a number at the end: whose turn it is follows from its place.
 */
export interface Lanes {
  /** The next number's. */
  a: number
  b: number
  c: number
  d: number
}

/** What a leaf begins with. */
export function begun(sink: Sink, parameter: unknown, ends: readonly AnyFunction[]): unknown {
  const a = sink.begin(parameter, ends) as number
  return sink.lanes !== undefined ? { a, b: a, c: a, d: a } : a
}

/** What it has come to. */
export function done(sink: Sink, gathered: unknown, ends: readonly AnyFunction[]): unknown {
  if (sink.lanes === undefined) return gathered
  const { a, b, c, d } = gathered as { [lane in keyof Lanes]: never }
  return sink.join(sink.join(a, b, ends) as never, sink.join(c, d, ends) as never, ends)
}

/** The lanes take a number; `sum` is what lane `a` comes to with it. */
export function turn(lanes: Lanes, sum: number): void {
  lanes.a = lanes.b
  lanes.b = lanes.c
  lanes.c = lanes.d
  lanes.d = sum
}
