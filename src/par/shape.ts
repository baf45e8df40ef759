import type { AnyFunction } from '../scheduler/tasks.ts'
import type { Body } from './body.ts'
import type { SinkName } from './sinks.ts'

/**
 * What a chain is, in data that can cross threads. A chain is executed as **one loop**: for each index of the source,
 * fetch the element, pass it through the stages, give what is left to the sink.
 */

/** How element `i` of a source is fetched. `data` and `from`, `step` are the source's own. */
export type SourceKind =
  /** `i` */
  | 'count'
  /** `from + i * step` */
  | 'range'
  /** `data[i]`, a typed array */
  | 'view'
  /** `data[from + i * step]` */
  | 'strided'
  /** `data[i - from]`, an array; thieves get the part that they need, which begins at `from` */
  | 'list'
  /** `data.subarray(from + i * step, from + i * step + size)`, shorter at the end: chunks and windows */
  | 'parts'

export interface Source {
  readonly kind: SourceKind
  /** A typed array, an array, or nothing. */
  readonly data: unknown
  readonly from: number
  readonly step: number
  readonly size: number
  readonly length: number
}

/**
 * The same in an object of this thread's own. What has come from another thread or was frozen is of another class to V8,
 * and a loop that has seen those of one class is compiled again when it meets the other.
 */
export function own({ kind, data, from, step, size, length }: Source): Source {
  return { kind, data, from, step, size, length }
}

export type StageName = 'map' | 'filter' | 'flatMap' | 'filterMap' | 'tap' | 'zip' | 'zipWith' | 'mapInit'

export interface Stage {
  readonly name: StageName
  /** Index into the bodies, or -1. That of `mapInit` follows the one that makes its state. */
  readonly body: number
  /** Index into the sources: what is zipped. */
  readonly source: number
}

const DROPPING: readonly StageName[] = ['filter', 'filterMap', 'flatMap']

/** True if an element of the source may be none at the end, or several. */
export function drops(stages: readonly Stage[]): boolean {
  return stages.some(({ name }) => DROPPING.includes(name))
}

/** Everything that a piece of the work needs, in whatever thread. The same object for all pieces of one thread. */
export interface Plan {
  readonly sources: readonly Source[]
  readonly stages: readonly Stage[]
  readonly bodies: readonly Body[]
  /** Bodies of the sink. */
  readonly ends: readonly Body[]
  readonly sink: SinkName
  /** What the sink needs besides: the identity of a reduction, the target of `into`, the number of bins. */
  readonly parameter: unknown
  /** The variables of `with`. */
  readonly env: unknown
  /** True if bodies get them, as their second argument. */
  readonly bound: boolean
  /** Pieces are no shorter, unless the whole is. */
  readonly shortest: number
  /** No more elements than this between two looks at who is hungry. */
  readonly longest: number
  /** So many elements are finished before those beyond are begun. */
  readonly block: number
  /** Elements, counted in the source. */
  readonly length: number
  /** Where pieces tell each other to stop (flags.ts); null as long as there are no pieces. */
  readonly flags: Int32Array | null
  /** Errors carry the index of their element. */
  readonly located: boolean
  /** The run's progress counts elements. */
  readonly counted: boolean
}

/** The name under which the loop of a plan is kept: whatever its text depends on, the bodies included. */
export function keyOf({ sources, stages, bodies, ends, sink, bound }: Plan): string {
  let key = `${sink}${bound ? '!' : '.'}`
  for (const { kind, data } of sources)
    key += kind === 'view' || kind === 'strided' ? `${kind}${tag(data)},` : `${kind},`
  for (const { name, body, source } of stages) key += `${name}${body}:${source},`
  for (const body of bodies) key += typeof body === 'string' ? `${numberOfText(body)},` : `#${numberOf(body)},`
  for (const body of ends) key += typeof body === 'string' ? `;${numberOfText(body)}` : `;#${numberOf(body)}`
  return key
}

/** Numbers of texts in this thread: a key that held them would have to be hashed with each chain. */
const texts = new Map<string, number>()
const MOST_TEXTS = 2000

function numberOfText(text: string): number {
  let number = texts.get(text)
  if (number === undefined) {
    // Numbers are not given twice, so a key that nobody makes any more does no harm.
    if (texts.size === MOST_TEXTS) texts.clear()
    texts.set(text, (number = next++))
  }
  return number
}

/** A loop for each class of array: what V8 has learned about one does not fit another. */
function tag(data: unknown): string {
  return String((data as object | null)?.constructor?.name)
}

const numbers = new WeakMap<AnyFunction, number>()
let next = 0

/** This thread's number for a task. */
function numberOf(task: AnyFunction): number {
  let number = numbers.get(task)
  if (number === undefined) numbers.set(task, (number = next++))
  return number
}
