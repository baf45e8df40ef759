import { kindOf, type Numbers, toShared } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import { NEVER } from '../par/flags.ts'
import { makePar, type ParFunction } from '../par/par.ts'

/** Arrays in blocks, cut by length alone: at most 64, so that what is kept for each does not add up. */
const MOST = 64
const LEAST = 1 << 14

/**
 * Elements that a loop is called for, and at first. V8 compiles a loop that has run for long while it still runs (OSR),
 * and what follows it with it, which it has not seen yet: each call then leaves the compiled code at the loop's end,
 * and the next begins in slow code again. That took up to four times as long, for hundreds of calls. So a loop first
 * sees its end a few times, and is then called often enough to be compiled between two calls. (Loops that are made from
 * text cannot see these names: they say 8.)
 */
export const CALL: number = 1 << 12
export const FIRST = 8

/** Loops that remember how long their next call may be: {@link FIRST} at first. */
export interface Ramp {
  span: number
}

/** Elements of the next call. */
export function nextSpan(ramp: Ramp): number {
  const { span } = ramp
  if (span < CALL) ramp.span = 2 * span
  return span
}

/** Chains over blocks. Errors of theirs do not carry an index: it would be that of the block. */
export const par: ParFunction = makePar<'value'>(undefined, false)

/** Elements in a block, the last one excepted. */
export function blockOf(length: number): number {
  return Math.max(LEAST, Math.ceil(length / MOST))
}

/** What a block's task gets, with whatever else it needs. */
export interface Block {
  readonly xs: Numbers
  readonly block: number
}

/** First element of block `at`, and the first beyond. */
export function boundsOf(at: number, { xs, block }: Block): readonly [begin: number, end: number] {
  return [at * block, Math.min(xs.length, (at + 1) * block)]
}

/** The typed array that a user gave, over shared memory: itself or a copy. */
export function given<A extends Numbers>(what: string, array: A): A {
  if (kindOf(array) === undefined) throw new OptionError(`${what}: the array`, array, 'Give a typed array.')
  if (array.length >= NEVER) {
    throw new OptionError(`${what}: the length of the array`, array.length, `The most is ${NEVER - 1}: cut it.`)
  }
  return toShared(array)
}

export function refuseBigInts(what: string, array: Numbers): void {
  if (array instanceof BigInt64Array || array instanceof BigUint64Array) {
    throw new OptionError(`${what}: the array`, array, 'Give an array of numbers; these are bigints.')
  }
}
