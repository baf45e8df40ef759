import { task } from 'filch'

export const fib = task(n => {
  if (n < 2) return n
  const right = fib.fork(n - 2)
  return fib(n - 1) + fib.join(right)
})

export const fail = task(message => {
  throw new RangeError(message)
})
