import { task, yieldNow } from 'filch'

/** The programs that the tests of pools run: correct results, and ways to take time. */

export const fib = task((n: number): number => {
  if (n < 2) return n
  const right = fib.fork(n - 2)
  return fib(n - 1) + fib.join(right)
})

export const add = task((a: number, b: number) => a + b)

/** Works for `ms` without forks. */
export const busy = task((ms: number): number => {
  const end = performance.now() + ms
  while (performance.now() < end);
  return ms
})

/** Adds 1 to each cell, one leaf a cell of `ms` each. */
export const touch = task((cells: Int32Array, from: number, to: number, ms: number): number => {
  if (to - from === 1) {
    busy(ms)
    return Atomics.add(cells, from, 1) + 1
  }
  const middle = (from + to) >> 1
  const right = touch.fork(cells, middle, to, ms)
  return touch(cells, from, middle, ms) + touch.join(right)
})

/** Says that it runs (cell 0 becomes 1 more) and blocks until cell 1 is not 0. */
export const hold = task((gate: Int32Array): number => {
  Atomics.add(gate, 0, 1)
  Atomics.notify(gate, 0)
  while (Atomics.load(gate, 1) === 0) Atomics.wait(gate, 1, 0)
  return gate[0]!
})

export function cells(count: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * count))
}

/** Ends only by being canceled. */
export const forever = task((): never => {
  for (;;) yieldNow()
})

const one = task(() => 1)

/** Forks and joins, one at a time. */
export const flat = task((count: number): number => {
  let sum = 0
  for (let i = 0; i < count; i++) sum += one.join(one.fork())
  return sum
})
