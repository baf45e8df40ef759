import type { AnyFunction } from '../scheduler/tasks.ts'
import { revive, textMayRun } from './body.ts'
import { inLanes, type Lanes, turn } from './lanes.ts'
import { keyOf, type Plan, type Source, type SourceKind, type Stage } from './shape.ts'
import { type Sink, sinks } from './sinks.ts'

/**
 * One loop for each chain.
 *
 * V8 gathers types per function text. A loop shared by all chains sees every body and every element, goes megamorphic
 * and costs 12 to 26 ns an element; a loop of its own, with the bodies inlined, costs what the loop written by hand
 * costs. So each chain (its stages, its bodies' text, the class of its arrays) gets a loop made from text, kept for the
 * next time it is met. The bodies are made apart, each in the global scope, and come in as parameters, so that no name
 * of theirs can meet one of the loop's.
 *
 * Where text may not become code, `interpret` serves: the same steps, called one by one.
 */

/** What a loop tells when it is cut short: where it was. */
export interface Mark {
  at: number
}

/**
 * Runs elements `lo` to `hi` into `a`, and returns what is gathered then. `states` are what `mapInit` has made for this
 * piece, by body.
 */
type Loop = (
  sources: readonly Source[],
  lo: number,
  hi: number,
  env: unknown,
  a: unknown,
  parameter: unknown,
  mark: Mark,
  states: unknown[],
) => unknown

/** The loop of a chain in this thread, and what it has been seen to cost. */
export interface Compiled {
  readonly loop: Loop
  readonly sink: Sink
  /** The sink's functions, for joining. */
  readonly ends: readonly AnyFunction[]
  /** Milliseconds an element, by the last measurement; 0 before the first. */
  rate: number
  /** Calls of the loop, for measuring only some of them. */
  calls: number
}

/** Milliseconds in which a call need not be measured, and how many such calls go by before one is. */
const CHEAP = 0.01
const UNTIMED = 16

/**
 * True if a call for so many elements has to be measured. A look at the clock costs as much as ten to a hundred cheap
 * elements.
 */
export function costs(compiled: Compiled, count: number): boolean {
  return compiled.rate === 0 || count * compiled.rate >= CHEAP || ++compiled.calls % UNTIMED === 0
}

/**
 * An element took so many milliseconds. Never much more than what was known counts: one slow call, interrupted by somebody
 * for a thousand times what it takes, is not a trend.
 */
export function learn(compiled: Compiled, rate: number): void {
  const { rate: known } = compiled
  compiled.rate = known === 0 ? rate : (known + Math.min(rate, 2 * known)) / 2
}

/** Bodies as the user gave them. */
export interface Originals {
  readonly bodies: readonly AnyFunction[]
  readonly ends: readonly AnyFunction[]
}

/** Chains that are kept: beyond, the one that was met longest ago is dropped. */
const MOST = 500
const cache = new Map<string, Compiled>()

/** `originals`: the functions of which the plan has the text, in the thread where they are; else undefined. */
export function compile(plan: Plan, originals?: Originals): Compiled {
  const sink: Sink = sinks[plan.sink]
  if (!textMayRun()) return interpret(plan, sink, originals ?? (plan as unknown as Originals))
  const key = keyOf(plan)
  let made = cache.get(key)
  if (made === undefined) {
    made = generate(plan, sink)
    if (cache.size === MOST) cache.delete(cache.keys().next().value!)
    cache.set(key, made)
  }
  return made
}

let chains = 0

function generate(plan: Plan, sink: Sink): Compiled {
  const mark = `/* chain ${chains++} */`
  const bodies = plan.bodies.map(body => revive(body, mark))
  const ends = plan.ends.map(body => revive(body, mark))
  const step = revive(sink.step.toString(), mark)
  const names = [...bodies.map((_, i) => `f${i}`), ...ends.map((_, i) => `g${i}`), 'step']
  // oxlint-disable-next-line typescript/no-implied-eval -- the text holds nothing of the user's
  const make = new Function(...names, `${mark}${text(plan, sink)}`) as (...values: unknown[]) => Loop
  return { loop: make(...bodies, ...ends, step), sink, ends, rate: 0, calls: 0 }
}

/**
 * Text of a loop. What it needs is fetched before it begins: V8 keeps it in registers. Its bounds are made small
 * integers there: what a division or `Math.ceil` has gone through may be a fraction to V8 though it is none, and a loop
 * that counts in fractions took twice as long, on all but the first half of the elements.
 */
function text(plan: Plan, sink: Sink): string {
  const { sources, stages, ends, sink: name, bound } = plan
  const rest = bound ? ', e, i' : ', i'
  const states = stages.flatMap(({ name, body }) =>
    name === 'mapInit'
      ? `if (!(${body} in q)) q[${body}] = f${body - 1}(${bound ? 'e' : ''})\n    const q${body} = q[${body}]`
      : [],
  )
  const one = (v: string): string => {
    // A reduction calls its function with what was gathered; the others are given what it made of the element.
    const k = ends.length === 0 ? 'undefined' : sink.kind === 'fixed' ? 'g0' : `g0(${v}${rest})`
    return `a = step(a, ${v}, i, ${k}, p)${sink.stops === true ? '\nif (a.done) return a' : ''}`
  }
  const each = (take: (v: string) => string): string => element(plan, rest, take)
  const gathers =
    sink.lanes === undefined
      ? { begin: sink.number === true ? 'a = +a' : '', loops: `for (; i < n; i++) {\n${each(one)}\n}`, end: 'return a' }
      : inLanes(each, sink.lanes, isShort(plan))
  return `'use strict'
return function ${name}(S, lo, hi, e, a, p, m, q) {
  ${sources.map((_, n) => `const s${n} = S[${n}].data, o${n} = S[${n}].from, t${n} = S[${n}].step, z${n} = S[${n}].size`).join('\n  ')}
  ${gathers.begin}
  let i = lo | 0
  const n = hi | 0
  try {
    ${states.join('\n    ')}
    ${gathers.loops}
  } catch (error) {
    m.at = i
    throw error
  }
  ${gathers.end}
}`
}

/** Text of all that is done with an element; `rest` is what bodies get besides, `take` the text of its end. */
function element({ sources, stages }: Plan, rest: string, take: (v: string) => string): string {
  let v = 'v'
  let inner = 0
  const body = stages.map(({ name, body, source }): string => {
    const given = v
    switch (name) {
      case 'map':
        return `const ${(v += '_')} = f${body}(${given}${rest})`
      case 'mapInit':
        return `const ${(v += '_')} = f${body}(q${body}, ${given}${rest})`
      case 'filter':
        return `if (!f${body}(${given}${rest})) continue`
      case 'filterMap':
        return `const ${(v += '_')} = f${body}(${given}${rest})\nif (${v} === undefined) continue`
      case 'tap':
        return `f${body}(${given}${rest})`
      case 'flatMap':
        inner++
        return `for (const ${(v += '_')} of f${body}(${given}${rest})) {`
      case 'zip':
        return `const ${(v += '_')} = [${given}, ${fetch(sources[source]!, source)}]`
      case 'zipWith':
    }
    return `const ${(v += '_')} = f${body}(${given}, ${fetch(sources[source]!, source)}${rest})`
  })
  return [`const v = ${fetch(sources[0]!, 0)}`, ...body, take(v), '}'.repeat(inner)].join('\n')
}

/** Characters of bodies of which V8 copies five into one loop: more, and it would call some of them. */
const SHORT = 200

function isShort({ bodies }: Plan): boolean {
  return bodies.reduce((sum, body) => sum + (typeof body === 'string' ? body.length : SHORT), 0) <= SHORT
}

function fetch({ kind }: Source, n: number): string {
  return fetches[kind].replaceAll('@', String(n))
}

const fetches: Record<SourceKind, string> = {
  count: 'i',
  range: 'o@ + i * t@',
  view: 's@[i]',
  strided: 's@[o@ + i * t@]',
  list: 's@[i - o@]',
  parts: 's@.subarray(o@ + i * t@, o@ + i * t@ + z@)',
}

/** The same without text. */
function interpret({ stages, bound }: Plan, sink: Sink, originals: Originals): Compiled {
  const bodies = originals.bodies as readonly ((...args: unknown[]) => unknown)[]
  const { ends } = originals
  const end = ends[0] as ((...args: unknown[]) => unknown) | undefined
  const step = sink.step as (a: unknown, v: unknown, i: number, k: unknown, p: unknown) => unknown
  const loop: Loop = (sources, lo, hi, env, a, parameter, mark, states) => {
    const call = (f: (...args: unknown[]) => unknown, i: number, ...given: unknown[]): unknown =>
      bound ? f(...given, env, i) : f(...given, i)
    let gathered = a
    /** Passes one element on from a stage; true if the search is over. */
    const pass = (value: unknown, from: number, i: number): boolean => {
      let v = value
      for (let at = from; at < stages.length; at++) {
        const { name, body, source }: Stage = stages[at]!
        const f = bodies[body]!
        if (name === 'map') v = call(f, i, v)
        else if (name === 'mapInit') {
          if (!(body in states)) states[body] = bound ? bodies[body - 1]!(env) : bodies[body - 1]!()
          v = call(f, i, states[body], v)
        } else if (name === 'tap') call(f, i, v)
        else if (name === 'zip') v = [v, elementOf(sources[source]!, i)]
        else if (name === 'zipWith') v = call(f, i, v, elementOf(sources[source]!, i))
        else if (name === 'filter') {
          if (!call(f, i, v)) return false
        } else if (name === 'filterMap') {
          v = call(f, i, v)
          if (v === undefined) return false
        } else {
          for (const inner of call(f, i, v) as Iterable<unknown>) if (pass(inner, at + 1, i)) return true
          return false
        }
      }
      const k = end === undefined || sink.kind === 'fixed' ? end : call(end, i, v)
      if (sink.lanes !== undefined) turn(a as Lanes, step((a as Lanes).a, v, i, k, parameter) as number)
      else gathered = step(gathered, v, i, k, parameter)
      return sink.stops === true && (gathered as { done: boolean }).done
    }
    let i = lo
    try {
      for (; i < hi; i++) if (pass(elementOf(sources[0]!, i), 0, i)) break
    } catch (error) {
      mark.at = i
      throw error
    }
    return gathered
  }
  return { loop, sink, ends, rate: 0, calls: 0 }
}

function elementOf({ kind, data, from, step, size }: Source, i: number): unknown {
  const array = data as unknown[] & Float64Array
  switch (kind) {
    case 'view':
      return array[i]
    case 'strided':
      return array[from + i * step]
    case 'list':
      return array[i - from]
    case 'parts':
      return array.subarray(from + i * step, from + i * step + size)
    case 'count':
      return i
    case 'range':
  }
  return from + i * step
}
