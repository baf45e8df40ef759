import { allocate, type ArrayOf, isShared, type Kind, kindOf, type Numbers } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import { type Body, bodyOf, functionOf, specialised, textMayRun } from '../par/body.ts'
import * as check from '../par/check.ts'
import { explained } from '../par/explained.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import { stack } from '../scheduler/context.ts'
import { attach } from '../scheduler/failure.ts'
import { workerIndex, yieldNow } from '../task/place.ts'
import { given, par } from './blocks.ts'

/**
 * Prefix sums in one pass as long as nobody helps, in two where somebody does (Blelloch, "Prefix sums and their
 * applications", 1990; the pre-scan only of what is stolen is oneTBB's).
 *
 * The array is cut into blocks of fixed length. Within a block the elements are combined from its beginning; the result
 * is that, combined with all blocks before it, which are combined from left to right. So the association depends on
 * nothing but the place, and a worker that knows what comes before its block needs a single pass: it keeps the two
 * apart.
 */
const BLOCK = 1 << 12
/** Blocks that are worth a fork. */
const LEAST = 16

type Op = (a: number, b: number) => number

/** How a scan is done. */
export interface ScanOptions {
  /** Combines two elements: associative, text or a task, no index and no variables. Default: the sum. */
  readonly op?: (a: number, b: number) => number
  /** Changes nothing when combined. Default 0; needed with `op`. */
  readonly identity?: number
  /** Each place gets what lies before it, without itself. */
  readonly exclusive?: boolean
  /**
   * Where the result goes: as long as the array, perhaps the array itself. Default: a new shared array of the same
   * kind.
   */
  readonly into?: Numbers
}

interface Scan {
  readonly xs: Float64Array
  readonly to: Float64Array
  readonly op: Body
  readonly identity: number
  readonly exclusive: boolean
}

/**
 * All prefix sums: place i of the result is the sum of elements 0 to i, or of those before i if `exclusive`. With `op`
 * any associative operation takes the place of the sum. The same bits on any number of workers, though not those of a
 * sequential loop: see {@link par}.
 *
 * Runs in the task that calls it and on idle workers. One pass as long as nobody helps, two over what is stolen; a loop
 * by hand has one addition less an element. Arrays that are not shared are copied, there or there and back.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { scan, shared } from 'filch'
 *
 * const xs = shared.i32([3, 1, 4, 1])
 * deepEqual([...scan(xs)], [3, 4, 8, 9])
 * deepEqual([...scan(xs, { exclusive: true })], [0, 3, 4, 8])
 * deepEqual([...scan(xs, { op: (a, b) => Math.max(a, b), identity: -Infinity, into: xs })], [3, 3, 4, 4])
 * ```
 *
 * @throws {OptionError} if it is no array of numbers, or `into` has another kind or length, or `op` comes without
 * `identity`
 */
export function scan<A extends Numbers>(array: A, options: ScanOptions = {}): ArrayOf<Kind> & A {
  const {
    op,
    identity = 0,
    exclusive = false,
    into,
  } = check.options('scan', options, ['op', 'identity', 'exclusive', 'into'])
  const kind = kindOf(array)
  if (kind === undefined || kind === 'i64' || kind === 'u64') {
    throw new OptionError('scan: the array', array, 'Give a typed array of numbers.')
  }
  check.flag('scan: exclusive', exclusive)
  check.number('scan: the identity', identity)
  if (op !== undefined && options.identity === undefined) {
    throw new OptionError(
      'scan: the identity',
      undefined,
      'Give what changes nothing: 1 for a product, -Infinity for a maximum.',
    )
  }
  if (into !== undefined && (kindOf(into) !== kind || into.length !== array.length)) {
    throw new OptionError(
      'scan: into',
      into,
      `Give a typed array of the same kind (${kind}) and length (${array.length}).`,
    )
  }
  const to = into !== undefined && isShared(into) ? into : allocate(kind, array.length)
  const body = bodyOf(op ?? sum, 'scan')
  const plan = { xs: given('scan', array), to, op: body, identity, exclusive } as unknown as Scan
  explained([body], () => inside(() => finish(plan, 0, Math.ceil(array.length / BLOCK), identity, loops(body, op))))
  if (into === undefined || into === to) return to as never
  into.set(to as never)
  return into as never
}

const sum = (a: number, b: number): number => a + b

/** The two loops, made for one operation: what a block comes to, and its results, given what lies before it. */
interface Loops {
  total(xs: Float64Array, lo: number, hi: number, identity: number): number
  fill(
    xs: Float64Array,
    to: Float64Array,
    lo: number,
    hi: number,
    identity: number,
    before: number,
    exclusive: boolean,
  ): number
}

const makeLoops = (op: Op): Loops => ({
  total(xs, lo, hi, identity) {
    let a = identity
    for (let i = lo; i < hi; i++) a = op(a, xs[i]!)
    return a
  },
  fill(xs, to, lo, hi, identity, before, exclusive) {
    let a = identity
    if (exclusive) {
      for (let i = lo; i < hi; i++) {
        const x = xs[i]!
        to[i] = op(before, a)
        a = op(a, x)
      }
    } else {
      for (let i = lo; i < hi; i++) {
        a = op(a, xs[i]!)
        to[i] = op(before, a)
      }
    }
    return op(before, a)
  },
})

function loops(body: Body, original?: Op): Loops {
  return specialised<Op, Loops>(makeLoops, body, original)
}

/** Blocks `from` to before `to`, before which there is `before`. Returns what there is after them. */
function finish(plan: Scan, from: number, to: number, start: number, made: Loops): number {
  const alone = typeof plan.op === 'string' && !textMayRun()
  let before = start
  let end = to
  const forks: { readonly from: number; readonly to: number; readonly fork: ReturnType<typeof totals.fork> }[] = []
  try {
    for (let block = from; block < end; block++) {
      if (stack.want[0] !== 0 && !alone && end - block >= LEAST) {
        const middle = block + Math.ceil((end - block) / 2)
        forks.push({ from: middle, to: end, fork: totals.fork(plan, middle, end, workerIndex()) })
        end = middle
      } else if ((block & 255) === 0) yieldNow()
      const lo = block * BLOCK
      const hi = Math.min(plan.xs.length, lo + BLOCK)
      before = made.fill(plan.xs, plan.to, lo, hi, plan.identity, before, plan.exclusive)
    }
    while (forks.length > 0) {
      const { from, to, fork } = forks.pop()!
      const known = totals.join(fork)
      before = known === null ? finish(plan, from, to, before, made) : finishKnown(plan, from, known, before)
    }
  } catch (error) {
    // No fork outlives the call.
    for (const { fork } of forks.reverse()) {
      try {
        totals.join(fork)
      } catch (other) {
        attach(error, other)
      }
    }
    throw error
  }
  return before
}

/** The same where somebody has found out what each block comes to: all blocks side by side. */
function finishKnown(plan: Scan, from: number, known: ArrayLike<number>, start: number): number {
  const op = functionOf(plan.op) as Op
  const befores = allocate('f64', known.length)
  let before = start
  for (let i = 0; i < known.length; i++) {
    befores[i] = before
    before = op(before, known[i]!)
  }
  par(known.length)
    .with({ ...plan, from, befores })
    .forEach(fillBlock)
  return before
}

const fillBlock = ownTask((i: number, plan: Scan & { readonly from: number; readonly befores: Float64Array }): void => {
  const lo = (plan.from + i) * BLOCK
  const hi = Math.min(plan.xs.length, lo + BLOCK)
  loops(plan.op).fill(plan.xs, plan.to, lo, hi, plan.identity, plan.befores[i]!, plan.exclusive)
})

/** What each block comes to; nothing if nobody has stolen this: then whoever forked it goes on by itself. */
const totals = ownTask((plan: Scan, from: number, to: number, home: number): Float64Array | null => {
  if (workerIndex() === home) return null
  return Float64Array.from(par.range(from, to).with(plan).map(totalOf).toArray())
})

const totalOf = ownTask((block: number, plan: Scan): number => {
  const lo = block * BLOCK
  return loops(plan.op).total(plan.xs, lo, Math.min(plan.xs.length, lo + BLOCK), plan.identity)
})
