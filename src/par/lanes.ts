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

const checked = (v: string): string => `if (typeof ${v} !== 'number') step(a, ${v})`

/** Text of a loop in lanes: from those of `a`, which is the next one's, and back to them. */
interface LaneText {
  readonly begin: string
  readonly loops: string
  readonly end: string
}

/**
 * `each` makes the text of an element, given that of its end. With `four`, four elements a turn, as long as there are so
 * many; the rest, or all, one after the other.
 */
export function inLanes(each: (take: (v: string) => string) => string, operator: '+' | '*', four: boolean): LaneText {
  const turns = ['a', 'b', 'c', 'd'].map(lane => `{\n${each(v => `${checked(v)}\n${lane} ${operator}= ${v}`)}\n}`)
  const last = each(v => `${checked(v)}\nconst next = a ${operator} ${v}\na = b, b = c, c = d, d = next`)
  return {
    begin: 'const l = a\n  let b = +l.b, c = +l.c, d = +l.d\n  a = +l.a',
    loops: `${four ? `for (; i + 3 < n; i++) {\n${turns.join('\ni++\n')}\n}\n` : ''}for (; i < n; i++) {\n${last}\n}`,
    end: 'l.a = a, l.b = b, l.c = c, l.d = d\n  return l',
  }
}

/** What a leaf begins with. */
export function beginLeaf(sink: Sink, parameter: unknown, ends: readonly AnyFunction[]): unknown {
  const a = sink.begin(parameter, ends) as number
  return sink.lanes !== undefined ? { a, b: a, c: a, d: a } : a
}

/** What it has come to. */
export function endLeaf(sink: Sink, gathered: unknown, ends: readonly AnyFunction[]): unknown {
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
