import { type Handle, join, spawn, spawnWith, task, workerIndex, poolSize, blocking, yieldNow } from 'filch'

export const where = task(() => [workerIndex(), poolSize()] as const)
export const double = task((n: number) => 2 * n)
/** Blocks until somebody opens the gate. */
export const gated = task((gate: Int32Array) => {
  Atomics.add(gate, 1, 1)
  Atomics.notify(gate, 1)
  Atomics.wait(gate, 0, 0)
  return gate[0]!
})
export const spin = task((gate: Int32Array): number => {
  Atomics.add(gate, 1, 1)
  Atomics.notify(gate, 1)
  for (;;) if (gate[2] === 12345) return 0
})
export const fib = task((n: number): number => {
  if (n < 2) return n
  const right = fib.fork(n - 2)
  return fib(n - 1) + fib.join(right)
})
/** From a worker: a task with a thread of its own, joined by a generator. */
export const starts = task(function* (n: number) {
  return yield* spawnWith({ dedicated: true }, double, n).join()
})
/** The same by a plain task, which waits for a child. */
export const startsPlain = task((n: number) => join(spawnWith({ dedicated: true }, double, n)))
/** Joins what is no child of it. */
export const joins = task((other: Handle<number>) => join(other) + 1)
export const spawnsMany = task((n: number) => {
  const all = Array.from({ length: n }, (_, i) => spawn(double, i))
  return all.reduce((sum, handle) => sum + join(handle), 0)
})
export const blocks = task((gate: Int32Array) =>
  blocking(() => {
    Atomics.add(gate, 1, 1)
    Atomics.notify(gate, 1)
    Atomics.wait(gate, 0, 0)
    return gate[0]!
  }),
)
export const polls = task((): number => {
  for (;;) yieldNow()
})
