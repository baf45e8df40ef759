import { type IVar, ivar, spawn, task, type Task, type Wait } from 'filch'

/**
 * Haskell's Par monad (Marlow, Newton, Peyton Jones, Haskell 2011), operation by operation: `new` is ivar(), `put` and `get` are
 * its methods, `fork` is spawn. Who forks gets nothing back but what is put into an IVar, and an IVar is put once: so the result does
 * not depend on who runs when.
 */

type Fn<A, B> = Task<(value: A) => B>
type Combine<B> = Task<(a: B, b: B) => B>
type Par<R> = Generator<Wait<unknown>, R>

/** The half of {@link parSpawn} that runs elsewhere. */
const putResult = task((result: IVar<unknown>, fn: Fn<unknown, unknown>, value: unknown) => result.put(fn(value)))

/** `spawn`: the result to come of one call. */
export function parSpawn<A, B>(fn: Fn<A, B>, value: A): IVar<B> {
  const result = ivar<B>()
  spawn(putResult, result as IVar<unknown>, fn as never, value)
  return result
}

/** `parMap`: all of them at once, in order. */
export function* parMap<A, B>(fn: Fn<A, B>, values: readonly A[]): Par<B[]> {
  const results = values.map(value => parSpawn(fn, value))
  const list: B[] = []
  for (const result of results) list.push(yield* result.get())
  return list
}

/** `parMapReduceRange`: halves the range until it is as short as `grain`. Combined in the order of the range. */
export function* parMapReduceRange(
  from: number,
  to: number,
  grain: number,
  fn: Fn<number, number>,
  combine: Combine<number>,
  initial: number,
): Par<number> {
  if (to - from <= grain) {
    let sum = initial
    for (let i = from; i < to; i++) sum = combine(sum, fn(i))
    return sum
  }
  const middle = (from + to) >> 1
  const right = ivar<number>()
  spawn(putRange, right, middle, to, grain, fn, combine, initial)
  const left = yield* parMapReduceRange(from, middle, grain, fn, combine, initial)
  return combine(left, yield* right.get())
}

const putRange = task(function* (
  result: IVar<number>,
  from: number,
  to: number,
  grain: number,
  fn: Fn<number, number>,
  combine: Combine<number>,
  initial: number,
): Par<void> {
  result.put(yield* parMapReduceRange(from, to, grain, fn, combine, initial))
})

// --- programs -------------------------------------------------------------------------------------------------------

/** How many numbers below `n` have no divisor in common with it. */
export const euler = task((n: number): number => {
  let count = 0
  for (let k = 1; k <= n; k++) {
    let [a, b] = [n, k]
    while (b > 0) [a, b] = [b, a % b]
    if (a === 1) count++
  }
  return count
})
const plus = task((a: number, b: number) => a + b)

export const sumEuler = task(function* (n: number): Par<number> {
  return yield* parMapReduceRange(1, n + 1, 64, euler, plus, 0)
})
export const eulers = task(function* (ns: readonly number[]): Par<number[]> {
  return yield* parMap(euler, ns)
})

/** A cell of a sheet: what it adds to the sum of the cells that it refers to. */
export type Cell = readonly [value: number, ...refersTo: number[]]

const compute = task(function* (cell: Cell, inputs: readonly IVar<number>[], output: IVar<number>): Par<void> {
  let [sum] = cell
  for (const input of inputs) sum += yield* input.get()
  output.put(sum)
})

/** A sheet: each cell is computed when those that it refers to are there, in whatever order they are given. */
export const sheet = task(function* (cells: readonly Cell[]): Par<number[]> {
  const values = cells.map(() => ivar<number>())
  for (const [i, cell] of cells.entries()) {
    const [, ...refersTo] = cell
    spawn(
      compute,
      cell,
      refersTo.map(other => values[other]!),
      values[i]!,
    )
  }
  const list: number[] = []
  for (const value of values) list.push(yield* value.get())
  return list
})
