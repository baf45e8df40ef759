import { OptionError } from '../errors.ts'
import { type ArrayOf, classOf, type ElementOf, type Kind, kinds } from './kinds.ts'

/** Names of fields, each with its kind. */
export type Fields = Readonly<Record<string, Kind>>

/** One record, as a plain object. */
type RecordOf<F extends Fields> = { -readonly [K in keyof F]: ElementOf<F[K]> }

/**
 * A struct of arrays: `length` records, stored field by field, each field a shared typed array of its own under its own
 * name. A loop over one field then reads nothing but that field, which is what memory likes.
 *
 * To a task or to `with` give the arrays themselves (`points.x`), or all of them: `{ ...points.arrays }`.
 */
export type Struct<F extends Fields> = { readonly [K in keyof F]: ArrayOf<F[K], SharedArrayBuffer> } & {
  readonly length: number
  /** The arrays alone: a plain object, which can cross threads. */
  readonly arrays: { readonly [K in keyof F]: ArrayOf<F[K], SharedArrayBuffer> }
  /** A copy of record `index`. */
  get(index: number): RecordOf<F>
  /** Writes the fields that are given. */
  set(index: number, record: Partial<RecordOf<F>>): void
}

const RESERVED = ['length', 'arrays', 'get', 'set', '__proto__']

export function struct<const F extends Fields>(fields: F, length: number): Struct<F> {
  if (typeof fields !== 'object' || fields === null || Object.keys(fields).length === 0) {
    throw new OptionError('shared.struct: the fields', fields, "Give names with kinds: { x: 'f64', id: 'i32' }.")
  }
  if (!Number.isInteger(length) || length < 0) {
    throw new OptionError('shared.struct: the length', length, 'Give a whole number, 0 or more.')
  }
  const names = Object.keys(fields)
  for (const name of names) {
    if (RESERVED.includes(name)) {
      throw new OptionError('shared.struct: a field', name, `These names are taken: ${RESERVED.join(', ')}.`)
    }
    if (!kinds.includes(fields[name]!)) {
      throw new OptionError(`shared.struct: the kind of ${name}`, fields[name], `There are: ${kinds.join(', ')}.`)
    }
  }
  // The widest first in one buffer, so that each begins where its elements may.
  const widest = names.toSorted((a, b) => widthOf(fields[b]!) - widthOf(fields[a]!))
  const bytes = widest.reduce((sum, name) => sum + widthOf(fields[name]!) * length, 0)
  const buffer = new SharedArrayBuffer(bytes)
  const arrays: Record<string, ArrayOf<Kind, SharedArrayBuffer>> = {}
  let at = 0
  for (const name of widest) {
    arrays[name] = new (classOf(fields[name]!))(buffer, at, length)
    at += widthOf(fields[name]!) * length
  }
  const columns = names.map(name => [name, arrays[name]!] as const)
  return Object.freeze({
    ...Object.fromEntries(columns),
    length,
    arrays: Object.fromEntries(columns),
    get(index: number): RecordOf<F> {
      check(index, length)
      return Object.fromEntries(columns.map(([name, array]) => [name, array[index]])) as RecordOf<F>
    },
    set(index: number, record: Readonly<Record<string, unknown>>): void {
      check(index, length)
      for (const [name, array] of columns) if (Object.hasOwn(record, name)) array[index] = record[name] as never
    },
  }) as unknown as Struct<F>
}

function widthOf(kind: Kind): number {
  return classOf(kind).BYTES_PER_ELEMENT
}

function check(index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return
  throw new OptionError('The index of a record', index, `Give a whole number from 0 to ${length - 1}.`)
}
