// Tasks live in a module of their own: every worker imports it, and the main program runs once.
import { task } from 'filch'

export const fib = task((n: number): number => {
  if (n < 2) return n
  const right = fib.fork(n - 2) // pending: another worker may take it
  return fib(n - 1) + fib.join(right) // runs it here, unless one did
})
