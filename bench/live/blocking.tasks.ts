import { blocking, task } from 'filch'

import { spin } from '../support/clock.ts'

/** Says that it is here, and sits until cell 0 is not 0. */
export const sit = task((cells: Int32Array): void => {
  Atomics.add(cells, 1, 1)
  Atomics.notify(cells, 1)
  blocking(() => {
    while (Atomics.load(cells, 0) === 0) Atomics.wait(cells, 0, 0)
  })
})

/** The same without a word to the pool. */
export const sitSilently = task((cells: Int32Array): void => {
  Atomics.add(cells, 1, 1)
  Atomics.notify(cells, 1)
  while (Atomics.load(cells, 0) === 0) Atomics.wait(cells, 0, 0)
})

export const work = task((milliseconds: number): number => spin(milliseconds))
