import { allocate, isShared, kindOf, type Numbers, toShared } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import type { AnyFunction } from '../scheduler/tasks.ts'
import { type Body, bodyOf } from './body.ts'
import * as check from './check.ts'
import { evaluate } from './engine.ts'
import { ownTask } from './own.ts'
import { inside } from './outside.ts'
import { drops, type Plan, type Source, type Stage, type StageName } from './shape.ts'
import type { SinkName } from './sinks.ts'

/** Runs a task elsewhere: what a pool does. */
export interface Entry {
  run(fn: never, ...args: never[]): Promise<unknown>
  /** Somebody listens to its progress. */
  readonly counted: boolean
}

/** A chain in the making. */
export interface Draft extends Pick<
  Plan,
  'sources' | 'stages' | 'bodies' | 'env' | 'bound' | 'shortest' | 'longest' | 'block' | 'length' | 'located'
> {
  /** The functions whose text `bodies` holds. */
  readonly originals: readonly AnyFunction[]
  /** Where it runs; undefined: in the task that runs now. */
  readonly entry: Entry | undefined
}

/** How a chain ends. */
export interface Result<R> {
  readonly sink: SinkName
  readonly ends: readonly Body[]
  readonly parameter: unknown
  readonly originals: readonly AnyFunction[]
  readonly finish: ((gathered: never) => R) | undefined
}

export function draftOf(source: Source, entry: Entry | undefined, located: boolean): Draft {
  return {
    sources: [source],
    stages: [],
    bodies: [],
    env: undefined,
    bound: false,
    shortest: 1,
    longest: Infinity,
    block: Infinity,
    length: source.length,
    located,
    originals: [],
    entry,
  }
}

/** One stage more. */
export function begin(draft: Draft, name: StageName, fn: unknown, source: number): Draft {
  const body = name === 'zip' ? -1 : draft.bodies.length
  const stage: Stage = { name, body, source }
  if (name === 'zip') return { ...draft, stages: [...draft.stages, stage] }
  return {
    ...draft,
    stages: [...draft.stages, stage],
    bodies: [...draft.bodies, bodyOf(fn, name === 'tap' ? 'inspect' : name === 'zipWith' ? 'zip' : name)],
    originals: [...draft.originals, fn as AnyFunction],
  }
}

/** True if each element of the source is one at the end. */
export function indexed(draft: Draft): boolean {
  return !drops(draft.stages)
}

/** True if the elements at the end are objects of the source itself. */
export function isOwn(draft: Draft): boolean {
  return draft.sources[0]!.kind === 'list' && draft.stages.every(({ name }) => name === 'filter' || name === 'tap')
}

/** Elements `from`, `from + step`, … of the source, at most `most`. */
export function strided(draft: Draft, what: string, from: number, step: number, most: number): Draft {
  if (what === 'take' && indexed(draft)) return { ...draft, length: Math.min(draft.length, most) }
  if (draft.stages.length > 0) {
    throw check.misplaced(what, 'It chooses elements of the source: call it before the functions.')
  }
  const [source] = draft.sources as [Source]
  const left = step < 0 ? source.length : Math.ceil(Math.max(0, source.length - from) / step)
  const length = Math.min(most, left)
  return { ...draft, length, sources: [part(source, Math.min(from, source.length), step, length)] }
}

function part(source: Source, from: number, step: number, length: number): Source {
  switch (source.kind) {
    case 'view':
      return { ...source, kind: 'strided', from, step, length }
    case 'range':
    case 'strided':
    case 'parts':
      return { ...source, from: source.from + from * source.step, step: source.step * step, length }
    case 'list':
  }
  const data = source.data as readonly unknown[]
  return { ...source, data: Array.from({ length }, (_, i) => data[from + i * step]), length }
}

/** Runs the chain: here, or by the pool, and then returns a promise. */
export function end<R>(draft: Draft, result: Result<R>): R | Promise<R> {
  const { originals: bodies, entry } = draft
  const { sink, ends, parameter, finish = (gathered: unknown) => gathered as R } = result
  // One by one: the rest of an object costs as much as a hundred cheap elements.
  const plan: Plan = {
    sources: draft.sources,
    stages: draft.stages,
    bodies: draft.bodies,
    env: draft.env,
    bound: draft.bound,
    shortest: draft.shortest,
    longest: draft.longest,
    block: draft.block,
    length: draft.length,
    located: draft.located,
    sink,
    ends,
    parameter,
    flags: null,
    counted: entry?.counted === true,
  }
  if (entry === undefined) return finish(inside(() => evaluate(plan, { bodies, ends: result.originals })) as never)
  return sent(plan, entry).then(gathered => finish(gathered as never))
}

const whole = ownTask((plan: Plan): unknown => evaluate(plan))

/** The same by a pool: what is not shared is copied. */
async function sent(plan: Plan, entry: Entry): Promise<unknown> {
  const target = plan.sink === 'into' ? (plan.parameter as Numbers) : undefined
  const other = target !== undefined && !isShared(target) ? allocate(kindOf(target)!, target.length) : undefined
  const sources = plan.sources.map(source =>
    kindOf(source.data) === undefined ? source : { ...source, data: toShared(source.data as Numbers) },
  )
  const made = await entry.run(whole as never, { ...plan, sources, parameter: other ?? plan.parameter } as never)
  if (other !== undefined) target!.set(other.subarray(0, plan.length) as never)
  return made
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
