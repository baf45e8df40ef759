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
 * The array is cut into blocks of fixed length, and a block into groups of four. Within a group the elements are
 * combined from left to right, within a block what the groups come to, and so are the blocks; a result is what lies
 * before the group, combined with what lies in it up to its place. So the association depends on nothing but the place,
 * a worker that knows what comes before its block needs a single pass, and only one operation in four has to wait for
 * the one before it.
 */
const BLOCK = CALL
/** Blocks between two looks at who is hungry. */
const STEP = 4

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
  readonly inclusive: Fill
  readonly exclusive: Fill
}

// A product is a number, which V8 keeps in a register; an argument may be anything, and stays a box.
const makeLoops = (op: Op): Loops => ({
  known: false,
  total: (xs, lo, hi, identity) => {
    let a = 1 * identity
    const end = hi | 0
    let i = lo | 0
    for (; i + 3 < end; i += 4) a = op(a, op(op(op(xs[i]!, xs[i + 1]!), xs[i + 2]!), xs[i + 3]!))
    for (; i < end; i++) a = op(a, xs[i]!)
    return a
  },
  inclusive: (xs, to, lo, hi, identity, before) => {
    const start = 1 * before
    let a = 1 * identity
    const end = hi | 0
    let i = lo | 0
    for (; i + 3 < end; i += 4) {
      const all = op(start, a)
      const one = xs[i]!
      const two = op(one, xs[i + 1]!)
      const three = op(two, xs[i + 2]!)
      const four = op(three, xs[i + 3]!)
      a = op(a, four)
      to[i] = op(all, one)
      to[i + 1] = op(all, two)
      to[i + 2] = op(all, three)
      to[i + 3] = op(all, four)
    }
    for (; i < end; i++) {
      a = op(a, xs[i]!)
      to[i] = op(start, a)
    }
    return op(start, a)
  },
  exclusive: (xs, to, lo, hi, identity, before) => {
    const start = 1 * before
    let a = 1 * identity
    const end = hi | 0
    let i = lo | 0
    for (; i + 3 < end; i += 4) {
      const all = op(start, a)
      const one = xs[i]!
      const two = op(one, xs[i + 1]!)
      const three = op(two, xs[i + 2]!)
      a = op(a, op(three, xs[i + 3]!))
      to[i] = all
      to[i + 1] = op(all, one)
      to[i + 2] = op(all, two)
      to[i + 3] = op(all, three)
    }
    for (; i < end; i++) {
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
  for (let span = FIRST; span < CALL; span *= 2) {
    // With a rest, and without one.
    for (let end = Math.min(span, xs.length), rest = 0; rest < 2; rest++, end--) {
      made.total.call(APART, xs, 0, end, identity)
      made.inclusive.call(APART, xs, there, 0, end, identity, identity)
      made.exclusive.call(APART, xs, there, 0, end, identity, identity)
    }
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
    ahead: totals,
    here(step) {
      const end = Math.min(xs.length, (step + 1) * STEP * BLOCK)
      for (let lo = step * STEP * BLOCK; lo < end; lo += BLOCK) {
        before = fill.call(APART, xs, to, lo, Math.min(end, lo + BLOCK), identity, before)
      }
    },
    known(from, to) {
      for (let block = from * STEP; block < Math.min(to * STEP, blocks.length); block++) {
        const own = blocks[block]!
        blocks[block] = before
        before = op(before, own)
      }
      par.range(from, to).with(plan).forEach(fillStep)
    },
  }
  sweep(all, 0, Math.ceil(blocks.length / STEP))
}

/** What some blocks come to. */
const totals = ownTask((plan: Scan, from: number, to: number, home: number): boolean => {
  if (workerIndex() === home) return false
  par.range(from, to).with(plan).forEach(totalStep)
  return true
})

const totalStep = ownTask((step: number, plan: Scan): void => {
  const { xs, blocks, identity } = plan
  const { total } = loops(plan)
  for (let block = step * STEP; block < Math.min((step + 1) * STEP, blocks.length); block++) {
    const lo = block * BLOCK
    blocks[block] = total.call(APART, xs, lo, Math.min(xs.length, lo + BLOCK), identity)
  }
})

const fillStep = ownTask((step: number, plan: Scan): void => {
  const { xs, to, identity, blocks, exclusive } = plan
  const fill = loops(plan)[exclusive ? 'exclusive' : 'inclusive']
  for (let block = step * STEP; block < Math.min((step + 1) * STEP, blocks.length); block++) {
    const lo = block * BLOCK
    fill.call(APART, xs, to, lo, Math.min(xs.length, lo + BLOCK), identity, blocks[block]!)
  }
})
