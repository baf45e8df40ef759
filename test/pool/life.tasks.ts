import { isMainThread } from 'node:worker_threads'

import { progress, task, yieldNow } from 'filch'

import { fib } from './basic.tasks.ts'

/** Tasks that go wrong on purpose, or that do not end by themselves. */

export const exit = task((code: number): never => process.exit(code))

/** Dies once cell 1 is not 0, with progress that nobody has been told of. */
export const exitAtGate = task((gate: Int32Array): never => {
  progress(1)
  say(gate)
  while (Atomics.load(gate, 1) === 0) Atomics.wait(gate, 1, 0)
  return process.exit(5)
})

export const length = task((items: ArrayLike<number>): number => items.length)

/** Says that it runs, and forks until it is stopped. */
export const forkForever = task((gate: Int32Array): number => {
  say(gate)
  for (let sum = 0; ;) sum += fib(10)
})

/** Says that it runs, and yields until it is stopped. */
export const yieldForever = task((gate: Int32Array): number => {
  say(gate)
  for (;;) yieldNow()
})

/** Looks at nothing. */
export const spinForever = task((gate: Int32Array): number => {
  say(gate)
  for (;;) progress(0)
})

function say(gate: Int32Array): void {
  Atomics.add(gate, 0, 1)
  Atomics.notify(gate, 0)
}

export const count = task((cells: Int32Array, at: number): number => Atomics.add(cells, at, 1))

/** The thread fails behind the task's back, once the task has ended; `deaths` counts it. */
export const failLater = task((how: string, deaths: Int32Array): number => {
  if (isMainThread) return 0
  process.once('exit', () => say(deaths))
  if (how === 'timer') setTimeout(() => fail(how), 0)
  else if (how === 'immediate') setImmediate(() => fail(how))
  else void Promise.reject(new Error(`stray ${how}`))
  return 1
})

function fail(how: string): never {
  throw new Error(`stray ${how}`)
}

/** Dies in a tree of forks, at the leaf `at`. */
export const dieInTree = task((cells: Int32Array, from: number, to: number, at: number): number => {
  if (to - from === 1) {
    if (from === at) process.exit(3)
    return Atomics.add(cells, from, 1) + 1
  }
  const middle = (from + to) >> 1
  const right = dieInTree.fork(cells, middle, to, at)
  return dieInTree(cells, from, middle, at) + dieInTree.join(right)
})

/** Dies where it was stolen; the joiner tells what it got, and what its other forks made. */
export const dieStolen = task((gate: Int32Array): unknown => {
  const doomed = dieAtGate.fork(gate)
  while (Atomics.load(gate, 0) === 0) Atomics.wait(gate, 0, 0)
  const siblings = [fib.fork(12), fib.fork(16)] as const
  const made = [fib.join(siblings[1]), fib.join(siblings[0])]
  try {
    return dieAtGate.join(doomed)
  } catch (error) {
    return [(error as Error).name, ...made, fib(10)]
  }
})
const dieAtGate = task((gate: Int32Array): number => {
  say(gate)
  return process.exit(4)
})
