import { kindOf, type Numbers, toShared } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import { makePar, type ParFunction } from '../par/par.ts'

/** Arrays in blocks, cut by length alone: at most 64, so that what is kept for each does not add up. */
const MOST = 64
const LEAST = 1 << 14

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
  return toShared(array)
}

export function refuseBigInts(what: string, array: Numbers): void {
  if (array instanceof BigInt64Array || array instanceof BigUint64Array) {
    throw new OptionError(`${what}: the array`, array, 'Give an array of numbers; these are bigints.')
  }
}
