import { invokeAll, random, spawn, task, workerLocal } from 'filch'

/** RecursiveTask: `compute` is the function, its fields are the parameters. fork, compute, join stand where they stand in Java. */
export const countPrimes = task((from: number, to: number): number => {
  if (to - from <= 1000) return primesBetween(from, to)
  const middle = (from + to) >>> 1
  const right = countPrimes.fork(middle, to)
  return countPrimes(from, middle) + countPrimes.join(right)
})

/** RecursiveAction: the same without a result. Many forks are joined newest first. */
export const square = task((values: Float64Array, from: number, to: number): void => {
  if (to - from <= 1000) {
    for (let i = from; i < to; i++) values[i]! **= 2
    return
  }
  const step = Math.ceil((to - from) / 4)
  const forks = [1, 2, 3].map(i => square.fork(values, from + i * step, Math.min(to, from + (i + 1) * step)))
  square(values, from, from + step)
  for (const fork of forks.reverse()) square.join(fork)
})

/** invokeAll(t1, t2, …): results in order; the first error wins, and what nobody has begun is dropped. */
export const both = task((n: number): readonly [number, number] =>
  invokeAll([countPrimes, 0, n], [throwDarts, n, 2026]),
)

/** SplittableRandom: a number belongs to its index, so the result does not depend on who draws it. */
export const throwDarts = task((count: number, seed: number): number => {
  let inside = 0
  for (let i = 0; i < count; i++) if (Math.hypot(random(seed, 2 * i), random(seed, 2 * i + 1)) < 1) inside++
  return inside
})

/** LongAdder: each worker adds to a sum of its own, and they are added up when all have ended. */
const adder = workerLocal(() => 0)
const addAll = task((from: number, to: number): void => {
  for (let i = from; i < to; i++) adder.value += i
})
export const addInParts = task(function* (count: number) {
  const parts = Array.from({ length: 8 }, (_, i) => spawn(addAll, (i * count) / 8, ((i + 1) * count) / 8))
  for (const part of parts) yield* part.join()
  const done = parts.every(part => part.status === 'done') // isDone, isCompletedNormally
  return `done: ${done}, ${yield* adder.reduce((sum, own) => sum + own, 0)} in all`
})

function primesBetween(from: number, to: number): number {
  let found = 0
  for (let n = Math.max(2, from); n < to; n++) {
    let divisor = 2
    while (divisor * divisor <= n && n % divisor !== 0) divisor++
    if (divisor * divisor > n) found++
  }
  return found
}
