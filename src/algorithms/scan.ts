import { allocate, type ArrayOf, isShared, type Kind, kindOf, type Numbers } from '../data/kinds.ts'
import { borrow, giveBack } from '../data/scratch.ts'
import { OptionError } from '../errors.ts'
import { APART, type Body, bodyOf, functionOf, specialised, textMayRun } from '../par/body.ts'
import * as check from '../par/check.ts'
import { explained } from '../par/explained.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import { workerIndex } from '../task/place.ts'
import { CALL, FIRST, given, par } from './blocks.ts'
import { type Sweep, sweep } from './sweep.ts'

/**
 * Prefix sums in one pass as long as nobody helps, in two where somebody does (Blelloch, "Prefix sums and their
 * applications", 1990).
 *
 * The array is cut into blocks of fixed length. Within a block the elements are combined from left to right, and so are
 * the blocks; a result is what lies before the block, combined with what lies in it up to its place. So the association
 * depends on nothing but the place, and a worker that knows what comes before its block needs a single pass.
 */
const BLOCK = 4 * CALL
/** Blocks of which a thief finds out what they come to at once: none of them waits for another. */
const LOT = 4

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
  /** What each block comes to, and then what all before it come to; only where somebody helps. */
  readonly blocks: Float64Array
}

/**
 * All prefix sums: place i of the result is the sum of elements 0 to i, or of those before i if `exclusive`. With `op`
 * any associative operation takes the place of the sum. The same bits on any number of workers, though not those of a
 * sequential loop: see {@link par}.
 *
 * Runs in the task that calls it and on idle workers. One pass as long as nobody helps, two over what is stolen; `op` is
 * called two to three times for each element. Arrays that are not shared are copied, there or there and back.
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
  const blocks = borrow('f64', Math.ceil(array.length / BLOCK))
  const plan = { xs: given('scan', array), to, op: body, identity, exclusive, blocks } as unknown as Scan
  explained([body], () => inside(() => run(plan, op ?? sum)))
  giveBack(blocks)
  if (into === undefined || into === to) return to as never
  into.set(to as never)
  return into as never
}

const sum = (a: number, b: number): number => a + b

type Fill = (xs: Float64Array, to: Float64Array, lo: number, hi: number, identity: number, before: number) => number

/** The loops, made for one operation: what a block comes to, and its results, given what lies before it. */
interface Loops {
  /** It has been called for a few elements, and V8 knows its ends (blocks.ts). */
  known: boolean
  readonly total: (xs: Float64Array, lo: number, hi: number, identity: number) => number
  /** What each of four whole blocks comes to, from `block` on: none of them waits for another. */
  readonly totals: (xs: Float64Array, block: number, size: number, identity: number, blocks: Float64Array) => void
  readonly inclusive: Fill
  readonly exclusive: Fill
}

// A product is a number, which V8 keeps in a register; an argument may be anything, and stays a box.
const makeLoops = (op: Op): Loops => ({
  known: false,
  total: (xs, lo, hi, identity) => {
    let a = 1 * identity
    const end = hi | 0
    for (let i = lo | 0; i < end; i++) a = op(a, xs[i]!)
    return a
  },
  totals: (xs, block, size, identity, blocks) => {
    let a = 1 * identity
    let b = a
    let c = a
    let d = a
    const lo = (block * size) | 0
    const end = (lo + size) | 0
    for (let i = lo; i < end; i++) {
      a = op(a, xs[i]!)
      b = op(b, xs[i + size]!)
      c = op(c, xs[i + 2 * size]!)
      d = op(d, xs[i + 3 * size]!)
    }
    blocks[block] = a
    blocks[block + 1] = b
    blocks[block + 2] = c
    blocks[block + 3] = d
  },
  inclusive: (xs, to, lo, hi, identity, before) => {
    const start = 1 * before
    let a = 1 * identity
    const end = hi | 0
    for (let i = lo | 0; i < end; i++) {
      a = op(a, xs[i]!)
      to[i] = op(start, a)
    }
    return op(start, a)
  },
  exclusive: (xs, to, lo, hi, identity, before) => {
    const start = 1 * before
    let a = 1 * identity
    const end = hi | 0
    for (let i = lo | 0; i < end; i++) {
      const x = xs[i]!
      to[i] = op(start, a)
      a = op(a, x)
    }
    return op(start, a)
  },
})

/** The loops in this thread. */
function loops({ xs, to, op, identity }: Scan, original?: Op): Loops {
  const made = specialised<Op, Loops>(makeLoops, op, original)
  if (made.known) return made
  made.known = true
  const there = new (to.constructor as Float64ArrayConstructor)(CALL)
  const four = new Float64Array(LOT)
  for (let span = FIRST; span < CALL; span *= 2) {
    if (LOT * span <= xs.length) made.totals.call(APART, xs, 0, span, identity, four)
    const end = Math.min(span, xs.length)
    made.total.call(APART, xs, 0, end, identity)
    made.inclusive.call(APART, xs, there, 0, end, identity, identity)
    made.exclusive.call(APART, xs, there, 0, end, identity, identity)
  }
  return made
}

function run(plan: Scan, original: Op): void {
  const { xs, to, identity, exclusive, blocks } = plan
  const alone = typeof plan.op === 'string' && !textMayRun()
  const fill = loops(plan, original)[exclusive ? 'exclusive' : 'inclusive']
  const op = alone ? original : (functionOf(plan.op) as Op)
  let before = identity
  const all: Sweep<Scan> = {
    plan,
    alone,
    ahead: totalAhead,
    here(block) {
      const lo = block * BLOCK
      before = fill.call(APART, xs, to, lo, Math.min(xs.length, lo + BLOCK), identity, before)
    },
    known(from, to) {
      for (let block = from; block < to; block++) {
        const own = blocks[block]!
        blocks[block] = before
        before = op(before, own)
      }
      par.range(from, to).with(plan).forEach(fillBlock)
    },
  }
  sweep(all, 0, blocks.length)
}

/** What some blocks come to. */
const totalAhead = ownTask((plan: Scan, from: number, to: number, home: number): boolean => {
  if (workerIndex() === home) return false
  par
    .range(from, to, LOT)
    .with({ ...plan, end: to })
    .forEach(totalLot)
  return true
})

const totalLot = ownTask((from: number, plan: Scan & { readonly end: number }): void => {
  const { xs, blocks, identity, end } = plan
  const { total, totals } = loops(plan)
  if (from + LOT <= end && (from + LOT) * BLOCK <= xs.length) {
    totals.call(APART, xs, from, BLOCK, identity, blocks)
    return
  }
  for (let block = from; block < Math.min(from + LOT, end); block++) {
    const lo = block * BLOCK
    blocks[block] = total.call(APART, xs, lo, Math.min(xs.length, lo + BLOCK), identity)
  }
})

const fillBlock = ownTask((block: number, plan: Scan): void => {
  const { xs, to, identity, blocks, exclusive } = plan
  const fill = loops(plan)[exclusive ? 'exclusive' : 'inclusive']
  const lo = block * BLOCK
  fill.call(APART, xs, to, lo, Math.min(xs.length, lo + BLOCK), identity, blocks[block]!)
})
