import { task } from 'filch'

/** Tasks that end only if others run meanwhile. */

/** Comes to a meeting of `count` and stays until all have come. */
export const meet = task((cells: Int32Array, at: number, count: number): number => {
  if (Atomics.add(cells, at, 1) + 1 === count) Atomics.notify(cells, at)
  for (let met = Atomics.load(cells, at); met < count; met = Atomics.load(cells, at)) Atomics.wait(cells, at, met)
  return at
})

const come = task((cells: Int32Array, at: number): number => {
  const come = Atomics.add(cells, at, 1) + 1
  Atomics.notify(cells, at)
  return come
})

/** `rounds` times: forks, and waits until another worker has begun the fork before it joins. */
export const insist = task((cells: Int32Array, rounds: number, gap: number): number => {
  let sum = 0
  for (let round = 0; round < rounds; round++) {
    for (let i = (Math.imul(round, 0x9e37) >>> 3) % gap; i > 0; i--) Atomics.load(cells, 0)
    const forked = come.fork(cells, 0)
    while (Atomics.load(cells, 0) === round) Atomics.wait(cells, 0, round)
    sum += come.join(forked)
  }
  return sum
})

export const echo = task((n: number): number => n)
