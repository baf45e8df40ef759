import { join, spawn, task } from 'filch'

import { next } from '../pool/small.tasks.ts'

/** Spawns so many, and joins each: the sum of the results. */
export const spawnAndJoin = task((count: number): number => {
  const handles = Array.from({ length: count }, (_, i) => spawn(next, i))
  let sum = 0
  for (const handle of handles) sum += join(handle)
  return sum
})

/** The same, so many at a time. */
export const spawnAndJoinSome = task((count: number, some: number): number => {
  let sum = 0
  for (let at = 0; at < count; at += some) {
    const handles = Array.from({ length: some }, (_, i) => spawn(next, at + i))
    for (const handle of handles) sum += join(handle)
  }
  return sum
})

/** The same in a generator task, which gives up its worker while it waits. */
export const spawnAndWait = task(function* (count: number) {
  const handles = Array.from({ length: count }, (_, i) => spawn(next, i))
  let sum = 0
  for (const handle of handles) sum += yield* handle.join()
  return sum
})
