import { OptionError } from '../errors.ts'
import type { AnyFunction } from '../scheduler/tasks.ts'
import { type Body, bodyOf } from './body.ts'
import * as check from './check.ts'
import { LEAST_LEAF } from './leaf.ts'
import { Outline } from './outline.ts'
import type { Plan, Source, StageName } from './shape.ts'
import type { SinkName } from './sinks.ts'

/** Runs a task elsewhere: what a pool does. */
export interface Entry {
  run(fn: never, ...args: never[]): Promise<unknown>
  /** Somebody listens to its progress. */
  readonly counted: boolean
}

/** What is seldom said of a chain: the same object for all that say nothing. */
export interface Settings extends Pick<Plan, 'env' | 'shortest' | 'longest' | 'block' | 'located'> {
  /** Where it runs; undefined: in the task that runs now. */
  readonly entry: Entry | undefined
}

/** The functions whose text a chain holds, the last one first. */
interface Written {
  readonly fn: AnyFunction
  readonly before: Written | undefined
}

/** A chain in the making. Written out field by field where another is made of it: to spread one takes three times as long. */
export interface Draft {
  readonly outline: Outline
  readonly sources: readonly Source[]
  /** Elements, counted in the source. */
  readonly length: number
  readonly settings: Settings
  readonly written: Written | undefined
}

/** How a chain ends. */
export interface Result {
  readonly sink: SinkName
  readonly ends: readonly Body[]
  readonly parameter: unknown
  readonly originals: readonly AnyFunction[]
  readonly finish: ((gathered: never) => unknown) | undefined
}

export function settingsOf(entry: Entry | undefined, located: boolean): Settings {
  return { env: undefined, shortest: 1, longest: Infinity, block: Infinity, located, entry }
}

export function draftOf(source: Source, settings: Settings): Draft {
  return {
    outline: Outline.of(source, false),
    sources: [source],
    length: source.length,
    settings,
    written: undefined,
  }
}

/** How numbers are gathered that may be more than a leaf: in lanes, if each element of the source is one of them. */
export function many({ length, outline }: Draft, sink: 'sum' | 'product'): SinkName {
  return length > LEAST_LEAF && outline.indexed ? `${sink}OfMany` : sink
}

/** One stage more. */
export function begin(draft: Draft, name: StageName, fn: unknown): Draft {
  const { outline, sources, length, settings, written } = draft
  const body = bodyOf(fn, name === 'tap' ? 'inspect' : name)
  return {
    outline: outline.followed(name, body),
    sources,
    length,
    settings,
    written: { fn: fn as AnyFunction, before: written },
  }
}

/** The elements of another source beside those of this; `fn`, if there is one, makes one of two. */
export function zipped(draft: Draft, source: Source, fn: unknown): Draft {
  const { outline, sources, length, settings, written } = draft
  const body = fn === undefined ? undefined : bodyOf(fn, 'zip')
  return {
    outline: outline.followed(body === undefined ? 'zip' : 'zipWith', body, source),
    sources: [...sources, source],
    length: Math.min(length, source.length),
    settings,
    written: body === undefined ? written : { fn: fn as AnyFunction, before: written },
  }
}

/** `init` makes the state of a `mapInit`, which follows. */
export function prepared(draft: Draft, init: unknown): Draft {
  const outline = draft.outline.followed('init', bodyOf(init, 'mapInit'))
  return { ...draft, outline, written: { fn: init as AnyFunction, before: draft.written } }
}

/** Elements `from`, `from + step`, … of the source, at most `most`. */
export function strided(draft: Draft, what: string, from: number, step: number, most: number): Draft {
  const { outline } = draft
  if (what === 'take' && outline.indexed) return { ...draft, length: Math.min(draft.length, most) }
  if (outline.stages.length > 0) {
    throw check.misplaced(what, 'It chooses elements of the source: call it before the functions.')
  }
  const [source] = draft.sources as [Source]
  const left = step < 0 ? source.length : Math.ceil(Math.max(0, source.length - from) / step)
  const length = Math.min(most, left)
  const chosen = part(source, Math.min(from, source.length), step, length)
  return { ...draft, outline: Outline.of(chosen, outline.bound), length, sources: [chosen] }
}

function part(source: Source, from: number, step: number, length: number): Source {
  switch (source.kind) {
    case 'view':
      return { ...source, kind: 'strided', from, step, length }
    case 'count':
      return { ...source, kind: 'range', from, step, length }
    case 'range':
    case 'strided':
    case 'parts':
      return { ...source, from: source.from + from * source.step, step: source.step * step, length }
    case 'list':
  }
  const data = source.data as readonly unknown[]
  return { ...source, data: Array.from({ length }, (_, i) => data[from + i * step]), length }
}

interface Runs {
  runWith(options: object, fn: never, ...args: never[]): Promise<unknown>
}

/** `options` are looked at by the pool, which refuses what it does not know. */
export function entryOf(pool: unknown, options: { readonly onProgress?: unknown } | null): Entry {
  if (typeof pool !== 'object' || pool === null || typeof (pool as Partial<Runs>).runWith !== 'function') {
    throw new OptionError('par.on: the pool', pool, 'Give a Pool.')
  }
  return {
    run: (fn, ...args) => (pool as Runs).runWith(options as object, fn, ...args),
    counted: options?.onProgress !== undefined,
  }
}
