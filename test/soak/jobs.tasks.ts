import { type Forked, scope, task } from 'filch'

/** Shapes of work that mark each cell of a range once. */

/** One in 64 takes some microseconds, so that it is worth a theft. */
export const mark = task((cells: Int32Array, at: number): number => {
  if ((at & 63) === 0) for (let i = 0; i < 1000; i++) Atomics.load(cells, at)
  return Atomics.add(cells, at, 1) + 1
})

/** A loop that forks and joins one at a time. */
export const loop = task((cells: Int32Array, from: number, to: number): number => {
  let sum = 0
  for (let at = from; at < to; at++) sum += mark.join(mark.fork(cells, at))
  return sum
})

/** A loop that leaves many forks pending. */
export const heap = task((cells: Int32Array, from: number, to: number): number => {
  let sum = 0
  const forks: Forked<number>[] = []
  for (let at = from; at < to;) {
    while (at < to && forks.length < 256) forks.push(mark.fork(cells, at++))
    while (forks.length > 0) sum += mark.join(forks.pop()!)
  }
  return sum
})

export const tree = task((cells: Int32Array, from: number, to: number): number => {
  if (to - from === 1) return mark(cells, from)
  const middle = (from + to) >> 1
  const right = tree.fork(cells, middle, to)
  return tree(cells, from, middle) + tree.join(right)
})

/** A tree that leans: one side has a twentieth. */
export const leaning = task((cells: Int32Array, from: number, to: number): number => {
  if (to - from === 1) return mark(cells, from)
  const middle = from + Math.max(1, Math.floor((to - from) / 20))
  const right = leaning.fork(cells, middle, to)
  return leaning(cells, from, middle) + leaning.join(right)
})

export const spawned = task((cells: Int32Array, from: number, to: number): number => {
  scope(s => {
    for (let at = from; at < to; at++) s.spawn(mark, cells, at)
  })
  return to - from
})

/** Scopes in a tree of forks. */
export const nested = task((cells: Int32Array, from: number, to: number): number => {
  if (to - from < 100) return spawned(cells, from, to)
  const middle = (from + to) >> 1
  const right = nested.fork(cells, middle, to)
  return nested(cells, from, middle) + nested.join(right)
})
