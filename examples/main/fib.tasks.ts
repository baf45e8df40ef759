import { progress, task } from 'filch'

/** Forks at every call: there is no size below which it turns to plain code. */
export const fib = task((n: number): number => {
  if (n < 2) return n
  const right = fib.fork(n - 2)
  return fib(n - 1) + fib.join(right)
})

/** The same, and tells the progress: one for each call with `small` or less. */
export const fibInSteps = task((n: number, small: number): number => {
  if (n <= small) {
    const result = fib(n)
    progress(1)
    return result
  }
  const right = fibInSteps.fork(n - 2, small)
  return fibInSteps(n - 1, small) + fibInSteps.join(right)
})
