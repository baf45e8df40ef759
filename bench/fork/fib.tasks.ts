import { fork, join, task } from 'filch'

import { timeSync } from '../support/clock.ts'

export function plain(n: number): number {
  return n < 2 ? n : plain(n - 1) + plain(n - 2)
}

/** A fork at every call, and no cutoff. */
export const fib = task((n: number): number => {
  if (n < 2) return n
  const right = fib.fork(n - 2)
  return fib(n - 1) + fib.join(right)
})

/** The same with the functions that serve every task. */
export const fibGeneric = task((n: number): number => {
  if (n < 2) return n
  const right = fork(fibGeneric, n - 2)
  return fibGeneric(n - 1) + join(right)
})

/** The plain recursion in a worker: milliseconds of each repetition. */
export const plainInWorker = task((n: number, times: number, expected: number): number[] => {
  plain(n - 4)
  return timeSync(times, expected, () => plain(n))
})
