import { NotSendableError } from '../errors.ts'
import { stack } from '../scheduler/context.ts'
import { attach } from '../scheduler/failure.ts'
import { progress } from '../task/place.ts'
import type { Forked } from '../task/task.ts'
import { giveFlag, NEVER, NOW } from './flags.ts'
import { AHEAD, hungry } from './hunger.ts'
import { Job, type Parts } from './job.ts'
import { leafOf, middleOf } from './leaf.ts'
import type { Compiled } from './loop.ts'
import { ownTask } from './own.ts'
import { drops, type Plan, type Source, type Stage } from './shape.ts'

/**
 * Runs the loop of a chain over its range, alone as long as nobody is hungry, and with whoever is.
 *
 * ## Why the bits do not depend on who helps
 *
 * What is sensitive to association (a sum of floats) is cut into **leaves**, each gathered from left to right; the
 * leaves are combined as the balanced binary tree over them. Leaf and tree follow from the length alone. A worker walks
 * the tree depth first and keeps the right siblings it has not begun; when somebody is hungry it forks the oldest,
 * which is the largest. Whether a subtree was forked, stolen or walked does not change its value. If the leaf itself is
 * long (few elements, each expensive), its elements are *mapped* by whoever is hungry, and their values gathered in
 * order.
 *
 * What is not sensitive (a count, a search, writing into a target, appending in order) is cut anywhere: a worker splits
 * the upper half of what it has left off.
 *
 * ## When it looks up
 *
 * Between calls of the loop, a plain read of the want word (scheduler/README.md), and if it is set and a few parts were
 * forked already, of who is idle: after 1, 2, 4, … elements, until the calls take some 20 microseconds. What an element costs is remembered with the loop, so a short range of cheap
 * elements is one call. The idea is that of lazy binary splitting (Tzannes, Caragea, Barua, Vishkin, PPoPP 2010).
 */

const jobs = new WeakMap<Plan, Job>()

const piece = ownTask((plan: Plan, parts: Parts | null, lo: number, hi: number): unknown => {
  const known = jobs.get(plan)
  if (known !== undefined && parts === null) return run(known, lo, hi, 0)
  const sources = plan.sources.map((source, n) =>
    parts?.[n] == null ? source : { ...source, data: parts[n], from: lo },
  )
  const job = new Job(plan, sources)
  if (parts === null) jobs.set(plan, job)
  const made = run(job, lo, hi, AHEAD)
  // What the user gathers in stays what it is.
  return job.compiled.sink.gathers === true ? pack(made) : made
})

/** Evaluates a plan in the task that runs now, by its loop if that was found already. */
export function evaluate(plan: Plan, compiled?: Compiled): unknown {
  const job = new Job(plan, plan.sources, compiled)
  try {
    const made = plan.block < plan.length ? inBlocks(job) : run(job, 0, plan.length, AHEAD)
    job.end()
    return made
  } finally {
    if (job.flagged) giveFlag()
  }
}

/** `ahead`: forks to make before anybody is hungry. */
function run(job: Job, lo: number, hi: number, ahead: number): unknown {
  return job.compiled.sink.kind === 'free' ? drive(job, lo, hi, ahead) : new Walk(job, ahead).whole(lo, hi)
}

function inBlocks(job: Job): unknown {
  const { length, block } = job.plan
  let a: unknown
  for (let lo = 0; lo < length; lo += block) {
    const made = run(job, lo, Math.min(length, lo + block), AHEAD)
    a = lo === 0 ? made : job.join(a, made)
    if (job.compiled.sink.stops === true && (a as { done: boolean }).done) break
  }
  return a
}

/** Forks elements `lo` to `hi`. Undefined: they cannot cross, and stay here. */
function forkPiece(job: Job, lo: number, hi: number): Forked<unknown> | undefined {
  try {
    const { plan, parts } = job.lend(lo, hi)
    if (parts === null && !jobs.has(plan)) jobs.set(plan, new Job(plan, plan.sources))
    return piece.fork(plan, parts, lo, hi)
  } catch (error) {
    if (!(error instanceof NotSendableError)) throw error
    job.private = true
    return undefined
  }
}

// --- free ---------------------------------------------------------------------------------------------------------

/** Runs elements `lo` to `hi`, and splits off the upper half of the rest whenever somebody is hungry. */
function drive(job: Job, lo: number, hi: number, ahead: number): unknown {
  const { compiled, plan } = job
  const { sink } = compiled
  const forks: Forked<unknown>[] = []
  /** Where each of them begins. */
  const places: number[] = []
  const states: unknown[] = []
  let a = job.begin()
  let end = hi
  try {
    for (let i = lo; i < end;) {
      if (stack.want[0] !== 0 && job.worth(end - i) && (forks.length < ahead || hungry())) {
        const middle = i + Math.ceil((end - i) / 2)
        const fork = forkPiece(job, middle, end)
        if (fork !== undefined) {
          forks.push(fork)
          places.push(middle)
          end = middle
        }
      }
      if (job.bound < i) break
      const to = Math.min(end, i + job.pace)
      a = job.run(i, to, a, states)
      if (plan.counted) progress(to - i)
      if (sink.stops === true && (a as { done: boolean }).done) {
        job.stop(plan.parameter === 'any' ? NOW : (a as { at: number }).at)
        break
      }
      i = to
    }
  } catch (error) {
    throw abandon(job, error, forks)
  }
  for (let at = forks.length - 1; at >= 0; at--) {
    const to = at === 0 ? hi : places[at - 1]!
    job.mark.at = places[at]!
    try {
      a = job.join(a, piece.join(forks[at]!))
      job.settle(places[at]!, to)
    } catch (error) {
      // What lies to the right of what was found has not happened.
      if (sink.stops === true && (a as { done: boolean }).done) continue
      throw abandon(job, error, forks.slice(0, at))
    }
  }
  return a
}

/** After an error: all forks end before it leaves, and those of them that have failed go with it. */
function abandon(job: Job, thrown: unknown, forks: readonly Forked<unknown>[]): unknown {
  const error = job.locate(thrown)
  job.stop(job.placeOf(error))
  for (const fork of forks.toReversed()) {
    try {
      piece.join(fork)
    } catch (other) {
      attach(error, other)
    }
  }
  return error
}

// --- fixed --------------------------------------------------------------------------------------------------------

/** One worker's way through a tree of leaves. */
class Walk {
  readonly #job: Job
  readonly #size: number
  readonly #states: unknown[] = []
  /** Right siblings on the way down, oldest first: where they begin and end. The first `#forked` of them are forked. */
  readonly #from: number[] = []
  readonly #to: number[] = []
  readonly #forks: Forked<unknown>[] = []
  /** Forks to make before anybody is hungry. */
  #ahead: number

  constructor(job: Job, ahead: number) {
    this.#job = job
    this.#ahead = ahead
    this.#size = leafOf(job.plan.length)
  }

  whole(lo: number, hi: number): unknown {
    try {
      return this.#node(lo, hi)
    } catch (error) {
      throw abandon(this.#job, error, this.#forks)
    }
  }

  #node(lo: number, hi: number): unknown {
    const size = this.#size
    if (hi - lo <= size) return this.#leaf(lo, hi)
    const middle = middleOf(lo, hi, size)
    const at = this.#from.length
    this.#from.push(middle)
    this.#to.push(hi)
    const left = this.#node(lo, middle)
    this.#from.pop()
    this.#to.pop()
    const fork = this.#forks.length > at ? this.#forks.pop() : undefined
    const right = fork === undefined ? this.#node(middle, hi) : this.#joinFork(fork, middle)
    return this.#job.join(left, right)
  }

  #joinFork(fork: Forked<unknown>, from: number): unknown {
    this.#job.mark.at = from
    return piece.join(fork)
  }

  #leaf(lo: number, hi: number): unknown {
    return this.#job.done(this.#gather(lo, hi))
  }

  #gather(lo: number, hi: number): unknown {
    const job = this.#job
    let a = job.begin()
    for (let i = lo; i < hi;) {
      // Not before a call of this loop: what is known of its cost may be long out of date, and only a call corrects it.
      if (stack.want[0] !== 0 && !this.#offer() && i > lo && job.worth(hi - i) && hungry())
        return this.#spread(i, hi, a)
      if (job.bound < i) return a
      const to = Math.min(hi, i + job.pace)
      a = job.run(i, to, a, this.#states)
      if (job.plan.counted) progress(to - i)
      i = to
    }
    return a
  }

  /** Forks the oldest sibling that is not forked. False: there is none, or it is not worth it. */
  #offer(): boolean {
    const at = this.#forks.length
    if (at === this.#from.length) return false
    const from = this.#from[at]!
    const to = this.#to[at]!
    if (!this.#job.worth(to - from) || !(this.#ahead > 0 || hungry())) return false
    this.#ahead--
    const fork = forkPiece(this.#job, from, to)
    if (fork === undefined) return false
    this.#forks.push(fork)
    return true
  }

  /** The rest of a leaf: mapped by all who like, gathered here in order. */
  #spread(lo: number, hi: number, begun: unknown): unknown {
    const job = this.#job
    // The pieces have the flag of the whole.
    const plan = { ...job.plan, flags: job.lend(lo, lo).plan.flags }
    const dropping = drops(plan.stages)
    const mapped = new Job(
      { ...(dropping ? placed(plan) : plan), sink: 'toArray', ends: [], parameter: undefined },
      dropping ? [...job.sources, PLACES] : job.sources,
    )
    const made = drive(mapped, lo, hi, AHEAD) as readonly unknown[]
    const pairs = made as readonly (readonly [value: unknown, place: number])[]
    const values = dropping ? pairs.map(([value]) => value) : made
    const source = { kind: 'list', data: values, from: 0, step: 1, size: 0, length: values.length } as const
    const gathering = new Job({ ...plan, sources: [source], stages: [], bodies: [] }, [source])
    try {
      return gathering.run(0, values.length, begun, [])
    } catch (error) {
      const { at } = gathering.mark
      job.mark.at = dropping ? pairs[at]![1] : lo + at
      throw error
    }
  }
}

/** Each place of the source. */
const PLACES: Source = { kind: 'count', data: null, from: 0, step: 1, size: 0, length: NEVER }

/** The same chain with pairs at its end: what was made, and the place of what it was made of. */
function placed(plan: Plan): Plan {
  const stage: Stage = { name: 'zip', body: -1, source: plan.sources.length }
  return { ...plan, sources: [...plan.sources, PLACES], stages: [...plan.stages, stage] }
}

// --- crossing -----------------------------------------------------------------------------------------------------

/** Long arrays of numbers cross as typed arrays, which is many times faster. */
function pack(value: unknown): unknown {
  if (!Array.isArray(value) || value.length < 16) return value
  for (const element of value) if (typeof element !== 'number') return value
  return Float64Array.from(value as number[])
}
