// Not TypeScript: see par/peers.tasks.mjs. And not `Array.from`, which takes a fifth as long as all that is measured.
import { join, spawn, task } from 'filch'

export const next = task((/** @type {number} */ n) => n + 1)

/** Spawns as many, on numbers from `first` on. */
const spawned = (/** @type {number} */ first, /** @type {number} */ count) => {
  const handles = []
  for (let i = 0; i < count; i++) handles.push(spawn(next, first + i))
  return handles
}

/** Spawns so many, and joins each: the sum of the results. */
export const spawnAndJoin = task((/** @type {number} */ count) => {
  let sum = 0
  for (const handle of spawned(0, count)) sum += join(handle)
  return sum
})

/** The same, so many at a time. */
export const spawnAndJoinSome = task((/** @type {number} */ count, /** @type {number} */ some) => {
  let sum = 0
  for (let first = 0; first < count; first += some) for (const handle of spawned(first, some)) sum += join(handle)
  return sum
})

/** The same in a generator task, which gives up its worker while it waits. */
export const spawnAndWait = task(function* (/** @type {number} */ count) {
  let sum = 0
  for (const handle of spawned(0, count)) sum += yield* handle.join()
  return sum
})
