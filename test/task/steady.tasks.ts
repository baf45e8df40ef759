import { getHeapStatistics } from 'node:v8'

import { task } from 'filch'

import { fib } from '../pool/basic.tasks.ts'

const kept: object[] = []

/** As `fib`, but for an object at each fork. */
const wasteful = task((n: number): number => {
  if (n < 2) return n
  kept.push({ n })
  const right = wasteful.fork(n - 2)
  return wasteful(n - 1) + wasteful.join(right)
})

/** Bytes that this thread's heap has grown by in about 18,000 forks, and how many there were. */
function growth(fn: (n: number) => number): number {
  const before = getHeapStatistics().used_heap_size
  fn(22)
  return getHeapStatistics().used_heap_size - before
}

/** Of forks that stay, and of such that make an object each; the least of some rounds, for the optimizer allocates too. */
export const heapGrowth = task((): readonly [bare: number, wasted: number] => {
  for (let i = 0; i < 20; i++) fib(20)
  let bare = Infinity
  for (let round = 0; round < 5; round++) {
    const bytes = growth(fib)
    // Less than nothing: the heap was collected meanwhile.
    if (bytes >= 0) bare = Math.min(bare, bytes)
  }
  kept.length = 0
  return [bare, growth(wasteful)]
})
