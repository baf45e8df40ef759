import { isShared, type Kind, kindOf, type Numbers, toShared } from '../data/kinds.ts'
import { borrow, giveBack } from '../data/scratch.ts'
import { now } from '../scheduler/clock.ts'
import { stack } from '../scheduler/context.ts'
import { APART, textMayRun } from './body.ts'
import { locate } from './explained.ts'
import { NEVER, raise, takeFlag } from './flags.ts'
import { beginLeaf, endLeaf } from './lanes.ts'
import { type Compiled, compile, costs, learn, type Mark } from './loop.ts'
import { own, type Plan, type Source } from './shape.ts'

/** For each source that is an array of objects: the part that a piece needs. */
export type Parts = readonly (readonly unknown[] | null)[]

/** Elements between two looks at who is hungry, and milliseconds that they should take. */
const LONGEST = 16_384
const PACE = 0.02
/** Milliseconds of work that are worth a fork. */
const LEAST = 0.08
/**
 * The same if nothing has been lent yet: arrays may have to be copied, and another thread has to make the loop its own.
 */
const LEAST_FIRST = 0.15
/** One thread's view of a plan: its loop, its data, how fast it goes. */
export class Job {
  readonly plan: Plan
  readonly compiled: Compiled
  readonly sources: readonly Source[]
  readonly mark: Mark = { at: 0 }
  /** Elements between two looks at who is hungry. */
  pace: number
  /** Nothing of it can be given to others. */
  private: boolean
  /** What `into` fills in this thread. */
  readonly target: unknown
  /** The plan as others get it: all its arrays over shared memory. */
  #lent: Plan | undefined
  /** Memory behind it that nothing but the loop has seen. */
  readonly #scratch: Numbers[] = []

  constructor(plan: Plan, sources: readonly Source[], compiled: Compiled = compile(plan)) {
    this.plan = plan
    this.sources = Array.from(sources, own)
    this.compiled = compiled
    this.target = plan.parameter
    this.private = !textMayRun() && [...plan.bodies, ...plan.ends].some(body => typeof body === 'string')
    this.pace = this.#fit()
  }

  /** Runs elements `lo` to `hi` into `a`. */
  run(lo: number, hi: number, a: unknown, states: unknown[]): unknown {
    const { compiled } = this
    const count = hi - lo
    if (!costs(compiled, count)) return this.#call(lo, hi, a, states)
    const begun = now()
    const gathered = this.#call(lo, hi, a, states)
    this.#took(count, now() - begun)
    return gathered
  }

  #call(lo: number, hi: number, a: unknown, states: unknown[]): unknown {
    return this.compiled.loop.call(APART, this.sources, lo, hi, this.plan.env, a, this.target, this.mark, states)
  }

  begin(): unknown {
    return beginLeaf(this.compiled.sink, this.plan.parameter, this.compiled.ends)
  }

  /** What a leaf is that has come to `a`. */
  done(a: unknown): unknown {
    return endLeaf(this.compiled.sink, a, this.compiled.ends)
  }

  join(a: unknown, b: unknown): unknown {
    return this.compiled.sink.join(a as never, b as never, this.compiled.ends)
  }

  /** `count` elements took so many milliseconds. */
  #took(count: number, milliseconds: number): void {
    const { compiled } = this
    const rate = milliseconds / count
    learn(compiled, rate)
    // At most twice as many as before: the next ones may be slower. If they are, at once as few as they should be.
    this.pace = Math.min(this.#fit(Math.max(rate, compiled.rate)), this.pace * 2)
  }

  #fit(rate = this.compiled.rate): number {
    if (rate === 0) return 1
    return Math.max(1, Math.min(this.plan.longest, LONGEST, Math.floor(PACE / rate)))
  }

  /** True if `count` elements are enough to be worth somebody else's while. */
  worth(count: number): boolean {
    const least = this.#lent === undefined && this.plan.flags === null ? LEAST_FIRST : LEAST
    return !this.private && count > 1 && count >= 2 * this.plan.shortest && count * this.compiled.rate >= least
  }

  /** The index above which nothing matters any more. Plain: seen late, it costs time alone. */
  get bound(): number {
    const flags = this.plan.flags ?? this.#lent?.flags
    return flags == null ? NEVER : flags[0]!
  }

  /** Nothing above `index` matters any more. */
  stop(index: number): void {
    const flags = this.plan.flags ?? this.#lent?.flags
    if (flags != null) raise(flags, index)
  }

  /** True if a flag was taken for this job. */
  get flagged(): boolean {
    return this.plan.flags === null && this.#lent !== undefined
  }

  /** What others are given of elements `lo` to `hi`. */
  lend(lo: number, hi: number): { readonly plan: Plan; readonly parts: Parts | null } {
    const plan = (this.#lent ??= this.#share())
    if (plan.sources.every(({ kind }) => kind !== 'list')) return { plan, parts: null }
    const parts = plan.sources.map((source, n) => {
      if (source.kind !== 'list') return null
      const { data, from } = this.sources[n]!
      return (data as readonly unknown[]).slice(lo - from, hi - from)
    })
    return { plan, parts }
  }

  #share(): Plan {
    const { plan, sources } = this
    const shared: Plan = {
      ...plan,
      sources: sources.map(source => this.#shareSource(source)),
      parameter:
        plan.sink === 'into' && !isShared(this.target as Numbers)
          ? this.#borrowed(kindOf(this.target)!, (this.target as Numbers).length)
          : plan.parameter,
      env: shareEnv(plan.env),
      flags: plan.flags ?? takeFlag(),
    }
    // Once, so that the forks find it looked at.
    return stack.slow.admit(shared, 0) as Plan
  }

  #shareSource(source: Source): Source {
    const { kind, data, from, length } = source
    if (kind === 'list') {
      const array = data as readonly unknown[]
      const numeric = kindFor(array)
      if (numeric === undefined) return { ...source, data: null }
      // Numbers are copied once, for all. They keep their places: element i is at i - from.
      const numbers = this.#borrowed(numeric, array.length)
      numbers.set(array as never)
      return { kind: 'strided', data: numbers, from: -from, step: 1, size: 0, length }
    }
    if (data === null || !ArrayBuffer.isView(data) || isShared(data as Numbers)) return own(source)
    // Views are elements themselves, and may be kept.
    if (kind === 'parts') return { ...source, data: toShared(data as Numbers) }
    const copy = this.#borrowed(kindOf(data)!, (data as Numbers).length)
    copy.set(data as never)
    return { ...source, data: copy }
  }

  #borrowed(kind: Kind, length: number): Numbers {
    const array = borrow(kind, length)
    this.#scratch.push(array)
    return array
  }

  /** All is done, and nobody looks at what was lent any more. */
  end(): void {
    for (const array of this.#scratch) giveBack(array)
  }

  /** After elements `lo` to `hi` were done by whoever: what they have left for this thread alone. */
  settle(lo: number, hi: number): void {
    const lent = this.#lent
    if (lent === undefined) return
    const { target } = this
    if (this.plan.sink !== 'into' || lent.parameter === target) return
    ;(target as Float64Array).set((lent.parameter as Float64Array).subarray(lo, hi), lo)
  }

  /** Where `error` was thrown: the index that it carries, or the loop's. */
  placeOf(error: unknown): number {
    const index = error instanceof Error ? (error as Error & { index?: unknown }).index : undefined
    return typeof index === 'number' ? index : this.mark.at
  }

  /** `error` as the user gets it: with the index of the element at which it was thrown. */
  locate(error: unknown): unknown {
    return locate(error, this.mark.at, [...this.plan.bodies, ...this.plan.ends], this.plan.located)
  }
}

/**
 * The kind of array that can hold them all: of whole numbers of 32 bits where it can, since V8 computes with those in
 * registers, and with what it reads from a Float64Array as with fractions. Undefined: they are no numbers. Not `every`,
 * which passes over holes.
 */
function kindFor(array: readonly unknown[]): 'i32' | 'f64' | undefined {
  let whole = true
  for (const value of array) {
    if (typeof value !== 'number') return undefined
    whole &&= Object.is(value | 0, value)
  }
  return whole ? 'i32' : 'f64'
}

/** Arrays among the variables are copied once, and not with every piece. */
function shareEnv(env: unknown): unknown {
  if (typeof env !== 'object' || env === null || Object.getPrototypeOf(env) !== Object.prototype) return env
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      kindOf(value) === undefined ? value : toShared(value as Numbers),
    ]),
  )
}
