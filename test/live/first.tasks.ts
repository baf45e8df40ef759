import { type Handle, join, spawn, task, type Wait, yieldNow } from 'filch'

export const square = task((n: number) => n * n)
export const sum = task(function* (n: number) {
  const squares = Array.from({ length: n }, (_, i) => spawn(square, i))
  let total = 0
  for (const handle of squares) total += yield* handle.join()
  return total
})
export const plainSum = task((n: number) => {
  const squares = Array.from({ length: n }, (_, i) => spawn(square, i))
  let total = 0
  for (const handle of squares) total += join(handle)
  return total
})
export const fails = task((message: string): number => {
  throw new RangeError(message)
})
export const uncaught = task(function* () {
  spawn(fails, 'child')
  yield* spawn(endless).join()
})
export const endless = task((): number => {
  for (;;) yieldNow()
})
export const unjoined = task(() => {
  spawn(fails, 'unjoined')
  return 1
})
export const caught = task(function* () {
  try {
    return yield* spawn(fails, 'x').join()
  } catch (error) {
    return (error as Error).message
  }
})
export const tree = task(function* (depth: number): Generator<Wait<number>, number> {
  if (depth === 0) return 1
  const left = spawn(tree, depth - 1)
  const right = spawn(tree, depth - 1)
  return (yield* left.join()) + (yield* right.join())
})
export const sleeper = task(function* (other: Handle<number>) {
  return 1 + (yield* other.join())
})
