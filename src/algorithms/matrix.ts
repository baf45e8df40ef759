import { allocate, kindOf, type Numbers } from '../data/kinds.ts'
import { OptionError } from '../errors.ts'
import { inside } from '../par/outside.ts'
import { ownTask } from '../par/own.ts'
import type { Tile } from '../par/par.ts'
import { given, par, refuseBigInts } from './blocks.ts'

/** Matrices: typed arrays, row by row. */

const SIDE = 64
interface Transpose {
  readonly xs: Float64Array
  readonly to: Float64Array
  readonly rows: number
  readonly columns: number
}

/**
 * The transposed matrix, in a new shared array: tile by tile, so that both sides stay in the cache.
 *
 * Runs in the task that calls it and on idle workers. A matrix that is not shared is copied first.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { shared, transpose } from 'filch'
 *
 * deepEqual([...transpose(shared.f64([1, 2, 3, 4, 5, 6]), 2, 3)], [1, 4, 2, 5, 3, 6])
 * ```
 *
 * @throws {OptionError} if the array has not `rows * columns` elements
 */
export function transpose<A extends Numbers>(matrix: A, rows: number, columns: number): A {
  const xs = given('transpose', matrix)
  check('transpose: the matrix', xs, rows, columns)
  const to = allocate(kindOf(xs)!, xs.length)
  const plan = { xs, to, rows, columns } as unknown as Transpose
  inside(() => par.grid2d(rows, columns, SIDE).with(plan).forEach(turn))
  return to as never
}

const turn = ownTask(({ top, bottom, left, right }: Tile, { xs, to, rows, columns }: Transpose): void => {
  for (let x = left; x < right; x++) {
    for (let y = top; y < bottom; y++) to[x * rows + y] = xs[y * columns + x]!
  }
})

interface Product {
  readonly a: Float64Array
  /** The right matrix in panels of four columns. */
  readonly panels: Float64Array
  readonly c: Float64Array
  readonly rows: number
  readonly inner: number
  readonly columns: number
}

/**
 * The product of a matrix of `rows` times `inner` with one of `inner` times `columns`, in a new shared `Float64Array`.
 * Each element is summed up in order, so the bits are those of the three loops written by hand.
 *
 * Four by four elements are computed at a time, so that each number that is loaded is used four times, and the right
 * matrix is put into panels of four columns first, so that it is read in order (Goto and van de Geijn, "Anatomy of
 * high-performance matrix multiplication", 2008).
 *
 * Runs in the task that calls it and on idle workers: `2 * rows * inner * columns` operations, at some 4 a nanosecond
 * and worker, and a copy of the right matrix. Matrices that are not shared are copied first.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { matmul, shared } from 'filch'
 *
 * deepEqual([...matmul(shared.f64([1, 2, 3, 4]), shared.f64([5, 6, 7, 8]), 2, 2, 2)], [19, 22, 43, 50])
 * ```
 *
 * @throws {OptionError} if an array has not the size that the numbers say
 */
export function matmul(left: Numbers, right: Numbers, rows: number, inner: number, columns: number): Float64Array {
  refuseBigInts('matmul', left)
  refuseBigInts('matmul', right)
  const a = given('matmul', left)
  const b = given('matmul', right)
  check('matmul: the left matrix', a, rows, inner)
  check('matmul: the right matrix', b, inner, columns)
  const c = allocate('f64', rows * columns)
  const panels = allocate('f64', inner * 4 * Math.ceil(columns / 4))
  inside(() => {
    par(Math.ceil(columns / 4))
      .with({ b, panels, inner, columns } as unknown as Fill)
      .forEach(fill)
    const plan = { a, panels, c, rows, inner, columns } as unknown as Product
    par.grid2d(rows, columns, SIDE).with(plan).forEach(multiply)
  })
  return c
}

interface Fill extends Pick<Product, 'panels' | 'inner' | 'columns'> {
  readonly b: Float64Array
}

const fill = ownTask((panel: number, { b, panels, inner, columns }: Fill): void => {
  const wide = Math.min(4, columns - 4 * panel)
  let to = panel * 4 * inner
  for (let p = 0; p < inner; p++, to += 4) {
    for (let j = 0; j < wide; j++) panels[to + j] = b[p * columns + 4 * panel + j]!
  }
})

const multiply = ownTask(({ top, bottom, left, right }: Tile, plan: Product): void => {
  for (let x = left; x < right; x += 4) {
    let y = top
    if (x + 4 <= right) for (; y + 2 <= bottom; y += 2) twoByFour(plan, y, x)
    for (; y < bottom; y++) for (let j = x; j < Math.min(x + 4, right); j++) one(plan, y, j)
  }
})

/** Eight sums: with four numbers of the panel and two of the rows they fit the sixteen registers that there are. */
function twoByFour({ a, panels, c, inner, columns }: Product, y: number, x: number): void {
  let [c00, c01, c02, c03] = [0, 0, 0, 0]
  let [c10, c11, c12, c13] = [0, 0, 0, 0]
  const row = y * inner
  const next = row + inner
  for (let p = 0, q = x * inner; p < inner; p++, q += 4) {
    const a0 = a[row + p]!
    const a1 = a[next + p]!
    const b0 = panels[q]!
    const b1 = panels[q + 1]!
    const b2 = panels[q + 2]!
    const b3 = panels[q + 3]!
    c00 += a0 * b0
    c01 += a0 * b1
    c02 += a0 * b2
    c03 += a0 * b3
    c10 += a1 * b0
    c11 += a1 * b1
    c12 += a1 * b2
    c13 += a1 * b3
  }
  const at = y * columns + x
  c[at] = c00
  c[at + 1] = c01
  c[at + 2] = c02
  c[at + 3] = c03
  c[at + columns] = c10
  c[at + columns + 1] = c11
  c[at + columns + 2] = c12
  c[at + columns + 3] = c13
}

function one({ a, panels, c, inner, columns }: Product, y: number, x: number): void {
  let sum = 0
  for (let p = 0, q = (x & ~3) * inner + (x & 3); p < inner; p++, q += 4) sum += a[y * inner + p]! * panels[q]!
  c[y * columns + x] = sum
}

function check(what: string, array: Numbers, rows: number, columns: number): void {
  for (const size of [rows, columns]) {
    if (!Number.isInteger(size) || size < 0)
      throw new OptionError(`${what}: a size`, size, 'Give a whole number, 0 or more.')
  }
  if (array.length !== rows * columns) {
    throw new OptionError(`${what}: its length`, array.length, `It should have ${rows} times ${columns} elements.`)
  }
}
