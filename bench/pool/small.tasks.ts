import { scope, task } from 'filch'

import { spin } from '../support/clock.ts'

/** The trivial task. */
export const next = task((n: number): number => n + 1)

/** Busy for as long by the clock. */
export const busy = task((milliseconds: number): number => spin(milliseconds))

/** The same, then a tick on a shared counter. */
export const tick = task((counter: Int32Array, milliseconds: number): number => {
  spin(milliseconds)
  return Atomics.add(counter, 0, 1)
})

/** Each thread counts for itself: a counter that is shared would be most of the cost. */
let touches = 0

export const touch = task((by: number): void => {
  touches += by
})

/** How often `touch` has run in this thread since the last question. */
export const touched = task((): number => {
  const count = touches
  touches = 0
  return count
})

/** Gives that many small tasks to a scope and waits until all have ended. */
export const spawnAll = task((count: number): void => {
  scope(s => {
    for (let i = 0; i < count; i++) s.spawn(touch, 1)
  })
})
