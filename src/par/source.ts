import { kindOf } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import * as check from './check.ts'
import { NEVER } from './flags.ts'
import type { Source } from './shape.ts'

/** What a user gives to `par`, as a source. */
export function sourceOf(given: unknown, what: string): Source {
  if (typeof given === 'number') return rangeOf(0, check.count(`${what}: the source`, given), 1)
  // The first of the two is the second's answer for the most common kind, sooner.
  if (given instanceof Float64Array || kindOf(given) !== undefined) {
    const { length } = given as Float64Array
    return { kind: 'view', data: given, from: 0, step: 1, size: 0, length: bounded(length) }
  }
  if (Array.isArray(given)) return listOf(given.slice())
  if (typeof given === 'object' && given !== null && Symbol.iterator in given) {
    return listOf(Array.from(given as Iterable<unknown>))
  }
  const hint = 'Give a number, an array, a typed array, a Map, a Set or another iterable; for text, par.lines(text).'
  throw new OptionError(`${what}: the source`, given, hint)
}

/** The array is ours. */
export function listOf(data: readonly unknown[]): Source {
  return { kind: 'list', data, from: 0, step: 1, size: 0, length: bounded(data.length) }
}

export function rangeOf(from: number, to: number, step: number): Source {
  for (const [name, value] of Object.entries({ from, to, step })) {
    if (!Number.isSafeInteger(value)) throw new OptionError(`The ${name} of a range`, value, 'Give a whole number.')
  }
  if (step === 0) throw new OptionError('The step of a range', step, 'Give a whole number other than 0.')
  const length = Math.max(0, Math.ceil((to - from) / step))
  // What a product may have made may be a fraction to V8, or -0.
  const kind = from === 0 && step === 1 ? 'count' : 'range'
  return { kind, data: null, from, step, size: 0, length: bounded(length) }
}

/** Views of a typed array, `size` long, `step` apart. */
export function partsOf(data: unknown, size: number, step: number, length: number): Source {
  return { kind: 'parts', data, from: 0, step, size, length: bounded(length) }
}

function bounded(length: number): number {
  if (length < NEVER) return length
  throw new OptionError('The length of a source', length, `The most is ${NEVER - 1}: cut it.`)
}

/** About so many characters to a block of lines. */
const BLOCK = 1 << 16

/** Text in blocks of whole lines, cut by length alone. */
export function blocksOf(text: string): string[] {
  const blocks: string[] = []
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at + BLOCK)
    const next = end < 0 ? text.length : end + 1
    blocks.push(text.slice(at, next))
    at = next
  }
  return blocks
}
