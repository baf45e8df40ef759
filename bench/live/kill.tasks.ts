import { ivar, task, yieldNow } from 'filch'

import { arrive } from '../support/gate.ts'

/** Must never begin. */
export const late = task((cells: Int32Array): void => arrive(cells))

/** Goes on until it must stop, and looks whether it must every hundred microseconds or so. */
export const looking = task((cells: Int32Array): void => {
  arrive(cells)
  for (;;) {
    const end = performance.now() + 0.1
    while (performance.now() < end);
    yieldNow()
  }
})

/** Waits for what never comes. */
export const waiting = task(function* (cells: Int32Array) {
  arrive(cells)
  return yield* ivar<number>().get()
})

/** Ends with its thread. */
export const runaway = task((cells: Int32Array): void => {
  arrive(cells)
  for (;;);
})
