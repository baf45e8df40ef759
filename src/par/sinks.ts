import type { AnyFunction } from '../scheduler/tasks.ts'

/**
 * What stands at the end of a chain and takes its elements. The steps below are written once and used twice: called as
 * they are where code may not be made from text, and else by their text, so that each loop has a copy of its own
 * (loop.ts). So a step uses **nothing but its parameters**: `a` what was gathered so far, `v` the element, `i` its
 * place in the source, `k` what the user's function made of it (in a fixed sink: that function itself), `p` the
 * parameter.
 */
export interface Sink {
  /**
   * `fixed`: the result depends on how operations are associated (a sum of floats), so the range is cut at fixed places
   * and the parts are combined as a fixed tree. `free`: it does not, and the range is cut wherever somebody is hungry.
   */
  readonly kind: 'fixed' | 'free'
  /** What a part begins with. */
  begin(p: unknown, ends: readonly AnyFunction[]): unknown
  /** Takes an element; returns what is gathered then. */
  readonly step: (a: never, v: never, i: number, k: never, p: never) => unknown
  /** Combines two neighbours, the left one first. */
  join(a: never, b: never, ends: readonly AnyFunction[]): unknown
  /** The gathered has a field `done`: when it is true the search is over. */
  readonly stops?: boolean
  /**
   * What is gathered is always a number. Said so at the loop's beginning, V8 keeps it unboxed even where a filter
   * passes elements over.
   */
  readonly number?: boolean
  /** What is gathered is an array of the engine's own, which may cross as it likes. */
  readonly gathers?: boolean
  /** A leaf is gathered in four lanes (lanes.ts) by this operator, which is all that the step does with a number. */
  readonly lanes?: '+' | '*'
}

/** Of one piece of a search. */
export interface Hit {
  done: boolean
  at: number
  value: unknown
}

/**
 * Some elements and their places, whichever came first. `at` lies below every index: when there are enough, all shall
 * stop.
 */
export interface Taken {
  done: boolean
  readonly at: -1
  readonly values: unknown[]
  readonly places: number[]
}

interface Best {
  some: boolean
  key: number
  value: unknown
  at: number
}

interface Maybe {
  some: boolean
  value: unknown
}

const noHit = (): Hit => ({ done: false, at: -1, value: undefined })
const noBest = (): Best => ({ some: false, key: 0, value: undefined, at: -1 })

/** Keeps the element that was found. Of several, the last: a search for the first stops at once. */
const keep = (a: Hit, v: unknown, i: number, found: unknown): Hit => {
  if (found) {
    a.done = true
    a.at = i
    a.value = v
  }
  return a
}

/** The first of two results of a search. */
function first(a: Hit, b: Hit): Hit {
  return a.done ? a : b
}

/** Appends without a call that has as many arguments as there are elements. */
function append(a: unknown[], b: ArrayLike<unknown>): unknown[] {
  for (let i = 0; i < b.length; i++) a.push(b[i])
  return a
}

function betterOf(better: (b: number, a: number) => boolean): Sink['join'] {
  return (a: Best, b: Best): Best => {
    if (!a.some || !b.some) return a.some ? a : b
    return better(b.key, a.key) || (Number.isNaN(a.key) && !Number.isNaN(b.key)) ? b : a
  }
}

const call = (ends: readonly AnyFunction[], index: number, ...args: unknown[]): unknown =>
  (ends[index] as (...args: unknown[]) => unknown)(...args)

const sum: Sink = {
  kind: 'fixed',
  number: true,
  begin: p => p,
  step: (a: number, v: number) => {
    if (typeof v !== 'number')
      throw new TypeError(`sum: ${String(v).slice(0, 60)} (${typeof v}) is no number. Map it to a number first.`)
    return a + v
  },
  join: (a: number, b: number) => a + b,
}

const product: Sink = {
  kind: 'fixed',
  number: true,
  begin: p => p,
  step: (a: number, v: number) => {
    if (typeof v !== 'number')
      throw new TypeError(`product: ${String(v).slice(0, 60)} (${typeof v}) is no number. Map it to a number first.`)
    return a * v
  },
  join: (a: number, b: number) => a * b,
}

export type SinkName =
  | 'sum'
  | 'sumOfMany'
  | 'product'
  | 'productOfMany'
  | 'reduce'
  | 'fuse'
  | 'fold'
  | 'count'
  | 'min'
  | 'max'
  | 'minBy'
  | 'maxBy'
  | 'forEach'
  | 'into'
  | 'toArray'
  | 'places'
  | 'find'
  | 'findNot'
  | 'findLast'
  | 'takeAny'
  | 'partition'
  | 'unzip'
  | 'histogram'
  | 'groupBy'
  | 'countBy'
  | 'toSet'
  | 'toMap'

export const sinks: Readonly<Record<SinkName, Sink>> = {
  sum,
  sumOfMany: { ...sum, lanes: '+' },
  product,
  productOfMany: { ...product, lanes: '*' },
  reduce: {
    kind: 'fixed',
    begin: p => p,
    step: (a: unknown, v: unknown, _i: number, f: (a: unknown, v: unknown) => unknown) => f(a, v),
    join: (a, b, ends) => call(ends, 0, a, b),
  },
  /** Without an identity: the first element of each part takes its place. */
  fuse: {
    kind: 'fixed',
    begin: (): Maybe => ({ some: false, value: undefined }),
    step: (a: Maybe, v: unknown, _i: number, f: (a: unknown, v: unknown) => unknown) => {
      a.value = a.some ? f(a.value, v) : v
      a.some = true
      return a
    },
    join: (a: Maybe, b: Maybe, ends): Maybe => {
      if (!a.some || !b.some) return a.some ? a : b
      return { some: true, value: call(ends, 0, a.value, b.value) }
    },
  },
  fold: {
    kind: 'fixed',
    begin: (_p, ends) => call(ends, 1),
    step: (a: unknown, v: unknown, _i: number, f: (a: unknown, v: unknown) => unknown) => f(a, v),
    join: (a, b, ends) => call(ends, 2, a, b),
  },
  count: {
    kind: 'free',
    number: true,
    begin: () => 0,
    step: (a: number) => a + 1,
    join: (a: number, b: number) => a + b,
  },
  min: {
    kind: 'free',
    number: true,
    begin: () => Infinity,
    step: (a: number, v: number) => Math.min(a, v),
    join: (a: number, b: number) => Math.min(a, b),
  },
  max: {
    kind: 'free',
    number: true,
    begin: () => -Infinity,
    step: (a: number, v: number) => Math.max(a, v),
    join: (a: number, b: number) => Math.max(a, b),
  },
  minBy: {
    kind: 'free',
    begin: noBest,
    step: (a: Best, v: unknown, i: number, key: number) => {
      if (!a.some || key < a.key || (a.key !== a.key && key === key)) {
        a.some = true
        a.key = key
        a.value = v
        a.at = i
      }
      return a
    },
    join: betterOf((b, a) => b < a),
  },
  maxBy: {
    kind: 'free',
    begin: noBest,
    step: (a: Best, v: unknown, i: number, key: number) => {
      if (!a.some || key > a.key || (a.key !== a.key && key === key)) {
        a.some = true
        a.key = key
        a.value = v
        a.at = i
      }
      return a
    },
    join: betterOf((b, a) => b > a),
  },
  forEach: {
    kind: 'free',
    begin: () => undefined,
    step: (a: unknown) => a,
    join: () => undefined,
  },
  into: {
    kind: 'free',
    begin: () => 0,
    step: (a: number, v: number, i: number, _k: unknown, p: Float64Array) => {
      p[i] = v
      return a
    },
    join: (a: number) => a,
  },
  toArray: {
    kind: 'free',
    gathers: true,
    begin: (): unknown[] => [],
    step: (a: unknown[], v: unknown) => {
      a.push(v)
      return a
    },
    join: append,
  },
  /** Places in the source: where the elements themselves must stay the caller's own objects. */
  places: {
    kind: 'free',
    gathers: true,
    begin: (): number[] => [],
    step: (a: number[], _v: unknown, i: number) => {
      a.push(i)
      return a
    },
    join: append,
  },
  find: {
    kind: 'free',
    stops: true,
    begin: noHit,
    step: keep,
    join: first,
  },
  findNot: {
    kind: 'free',
    stops: true,
    begin: noHit,
    step: (a: Hit, _v: unknown, i: number, found: unknown) => {
      if (!found) {
        a.done = true
        a.at = i
      }
      return a
    },
    join: first,
  },
  findLast: {
    kind: 'free',
    begin: noHit,
    step: keep,
    join: (a: Hit, b: Hit) => (b.done ? b : a),
  },
  takeAny: {
    kind: 'free',
    stops: true,
    begin: (): Taken => ({ done: false, at: -1, values: [], places: [] }),
    step: (a: Taken, v: unknown, i: number, _k: unknown, p: number) => {
      a.values.push(v)
      a.places.push(i)
      if (a.values.length >= p) a.done = true
      return a
    },
    join: (a: Taken, b: Taken): Taken => {
      append(a.values, b.values)
      append(a.places, b.places)
      a.done ||= b.done
      return a
    },
  },
  partition: {
    kind: 'free',
    begin: (): [unknown[], unknown[]] => [[], []],
    step: (a: [unknown[], unknown[]], v: unknown, _i: number, chosen: unknown) => {
      a[chosen ? 0 : 1].push(v)
      return a
    },
    join: (a: [unknown[], unknown[]], b: [unknown[], unknown[]]) => [append(a[0], b[0]), append(a[1], b[1])],
  },
  unzip: {
    kind: 'free',
    begin: (): [unknown[], unknown[]] => [[], []],
    step: (a: [unknown[], unknown[]], v: readonly [unknown, unknown]) => {
      a[0].push(v[0])
      a[1].push(v[1])
      return a
    },
    join: (a: [unknown[], unknown[]], b: [unknown[], unknown[]]) => [append(a[0], b[0]), append(a[1], b[1])],
  },
  histogram: {
    kind: 'free',
    begin: p => new Uint32Array(p as number),
    step: (a: Uint32Array, v: number) => {
      if (!(v >= 0 && v < a.length)) throw new RangeError(`histogram: there is no bin ${v}`)
      a[v | 0]! += 1
      return a
    },
    join: (a: Uint32Array, b: Uint32Array) => {
      for (let i = 0; i < a.length; i++) a[i]! += b[i]!
      return a
    },
  },
  groupBy: {
    kind: 'free',
    begin: () => new Map<unknown, unknown[]>(),
    step: (a: Map<unknown, unknown[]>, v: unknown, _i: number, key: unknown) => {
      const group = a.get(key)
      if (group === undefined) a.set(key, [v])
      else group.push(v)
      return a
    },
    join: (a: Map<unknown, unknown[]>, b: Map<unknown, unknown[]>) => {
      for (const [key, group] of b) {
        const mine = a.get(key)
        if (mine === undefined) a.set(key, group)
        else append(mine, group)
      }
      return a
    },
  },
  countBy: {
    kind: 'free',
    begin: () => new Map<unknown, number>(),
    step: (a: Map<unknown, number>, _v: unknown, _i: number, key: unknown) => {
      const count = a.get(key)
      a.set(key, count === undefined ? 1 : count + 1)
      return a
    },
    join: (a: Map<unknown, number>, b: Map<unknown, number>) => {
      for (const [key, count] of b) a.set(key, (a.get(key) ?? 0) + count)
      return a
    },
  },
  toSet: {
    kind: 'free',
    begin: () => new Set<unknown>(),
    step: (a: Set<unknown>, v: unknown) => a.add(v),
    join: (a: Set<unknown>, b: Set<unknown>) => {
      for (const value of b) a.add(value)
      return a
    },
  },
  toMap: {
    kind: 'free',
    begin: () => new Map<unknown, unknown>(),
    step: (a: Map<unknown, unknown>, v: readonly [unknown, unknown]) => a.set(v[0], v[1]),
    join: (a: Map<unknown, unknown>, b: Map<unknown, unknown>) => {
      for (const [key, value] of b) a.set(key, value)
      return a
    },
  },
}
