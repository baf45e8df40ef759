import { task, workerIndex } from 'filch'

/** How often bodies have run, and how deep in each other they are, in the threads that `cells` came to. */
let bodies = 0
let depth = 0
let deepest = 0

/** A hook around every body that is declared through it: tracing, context, retries. */
function traced<A extends readonly unknown[], R>(body: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    bodies++
    deepest = Math.max(deepest, ++depth)
    try {
      return body(...args)
    } finally {
      depth--
    }
  }
}

export const fib = task(
  import.meta,
  traced((n: number): number => {
    if (n < 2) return n
    const right = fib.fork(n - 2)
    return fib(n - 1) + fib.join(right)
  }),
)

export const fails = task(
  import.meta,
  traced((n: number): number => {
    throw new RangeError(`no ${n}`)
  }),
)

/** Of this thread. */
export const seen = task(() => ({ worker: workerIndex(), bodies, depth, deepest }))
