import { allocate, isShared, kindOf, type Numbers } from '../data/kinds.ts'
import { borrow, giveBack } from '../data/scratch.ts'
import { OptionError } from '../errors.ts'
import { APART, type Body, bodyOf, specialised, textMayRun } from '../par/body.ts'
import * as check from '../par/check.ts'
import { explained } from '../par/explained.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import { given, nextSpan, par, type Ramp, refuseBigInts } from './blocks.ts'

/** Elements of a band of rows, about: small enough to be in the cache with its neighbours. */
const BAND = 1 << 14

/** How a stencil is done. */
export interface StencilOptions {
  /** Cells at each edge that keep their value, because neighbours so far away are looked at. Default 1. */
  readonly radius?: number
  /** How often, each time on what the last one made. Default 1. */
  readonly steps?: number
  /**
   * Where the result goes: an array of the same kind and length, over memory of its own. Default: a new shared array.
   */
  readonly into?: Numbers
}

interface Stencil {
  readonly from: Numbers
  readonly to: Numbers
  readonly rows: number
  readonly columns: number
  readonly radius: number
  readonly band: number
  readonly fn: Body
}

type Cell = (grid: Float64Array, at: number, columns: number) => number

/**
 * Computes each cell of a grid, which lies row by row, from its neighbours: `fn(grid, at, columns)` returns the new
 * value of `grid[at]`, above which is `grid[at - columns]`. Returns a new shared array; the old one is not changed, so
 * all cells see the old values. A single row is a grid of one dimension.
 *
 * Runs in the task that calls it and on idle workers, in bands of rows; with several steps two arrays take turns. Fresh
 * memory costs more than a step: give `into` for a result that is made again and again. `fn` travels as text, or is a
 * task: see {@link par}.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { shared, stencil } from 'filch'
 *
 * const heat = shared.f64([0, 0, 0, 0, 8, 0, 0, 0, 0])
 * const spread = stencil(heat, 3, (g, at, w) => (g[at - w]! + g[at + w]! + g[at - 1]! + g[at + 1]! + 4 * g[at]!) / 8)
 * deepEqual([...spread], [0, 0, 0, 0, 4, 0, 0, 0, 0])
 * deepEqual([...stencil(shared.i32([1, 2, 4, 8]), 4, (g, at) => g[at - 1]! + g[at + 1]!)], [1, 5, 10, 8])
 * ```
 *
 * @throws {OptionError} if it is no array of numbers, or its length is no multiple of `columns`, or an option is no
 * whole number
 * @throws {TaskError} if `fn` is no body, or uses a variable that it cannot see (`ERR_FILCH_FREE_VARIABLE`)
 */
export function stencil<A extends Numbers>(
  grid: A,
  columns: number,
  fn: (grid: A, at: number, columns: number) => number,
  options: StencilOptions = {},
): A {
  refuseBigInts('stencil', grid)
  check.options('stencil', options, ['radius', 'steps', 'into'])
  let from: Numbers = given('stencil', grid)
  const width = check.positive('stencil: the number of columns', columns)
  const radius = check.count('stencil: the radius', options.radius ?? 1)
  const steps = check.positive('stencil: the number of steps', options.steps ?? 1)
  const rows = from.length / width
  if (!Number.isInteger(rows)) {
    throw new OptionError('stencil: the length of the grid', from.length, `It should be a multiple of ${width}.`)
  }
  const kind = kindOf(from)!
  const { into } = options
  if (into !== undefined && (kindOf(into) !== kind || into.length !== from.length || into.buffer === grid.buffer)) {
    const hint = `Give another typed array of the same kind (${kind}) and length (${from.length}), over memory of its own.`
    throw new OptionError('stencil: into', into, hint)
  }
  const body = bodyOf(fn, 'stencil')
  const band = Math.max(1, Math.floor(BAND / width))
  return explained([body], () =>
    inside(() => {
      const result: Numbers = into !== undefined && isShared(into) ? into : allocate(kind, from.length)
      const spare: Numbers | undefined = steps > 1 ? borrow(kind, from.length) : undefined
      for (let step = 0; step < steps; step++) {
        // By turns, so that the last one writes the result.
        const to = (steps - step) % 2 === 1 ? result : spare!
        const plan: Stencil = { from, to, rows, columns: width, radius, band, fn: body }
        if (typeof body === 'string' && !textMayRun()) bandOf(plan, 0, rows, makeLoop(fn as unknown as Cell))
        else
          par(Math.ceil(rows / band))
            .with(plan)
            .forEach(doBand)
        from = to
      }
      if (spare !== undefined) giveBack(spare)
      if (into === undefined || into === result) return result as never
      into.set(result as never)
      return into as never
    }),
  )
}

interface Loop extends Ramp {
  readonly cells: (from: Float64Array, to: Float64Array, columns: number, lo: number, hi: number) => void
}

const makeLoop = (cell: Cell): Loop => ({
  span: 8,
  cells: (from, to, columns, lo, hi) => {
    const end = hi | 0
    const width = columns | 0
    for (let at = lo | 0; at < end; at++) to[at] = cell(from, at, width)
  },
})

const doBand = ownTask((at: number, plan: Stencil): void => {
  const loop = specialised<Cell, Loop>(makeLoop, plan.fn)
  bandOf(plan, at * plan.band, Math.min(plan.rows, (at + 1) * plan.band), loop)
})

function bandOf({ from, to, rows, columns, radius }: Stencil, top: number, bottom: number, loop: Loop): void {
  const old = from as Float64Array
  const made = to as Float64Array
  // A single row has no rows beside it.
  const vertical = rows === 1 ? 0 : radius
  const side = Math.min(radius, columns)
  for (let y = top; y < bottom; y++) {
    const row = y * columns
    const end = row + columns
    if (y < vertical || y >= rows - vertical || columns <= 2 * side) {
      for (let at = row; at < end; at++) made[at] = old[at]!
      continue
    }
    for (let at = row; at < row + side; at++) made[at] = old[at]!
    for (let at = row + side; at < end - side;) {
      const to = Math.min(end - side, at + nextSpan(loop))
      loop.cells.call(APART, old, made, columns, at, to)
      at = to
    }
    for (let at = end - side; at < end; at++) made[at] = old[at]!
  }
}
