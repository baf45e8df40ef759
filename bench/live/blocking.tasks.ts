import { blocking, task } from 'filch'

import { spin } from '../support/clock.ts'
import { arrive, pass } from '../support/gate.ts'

/** Says that it is here, and sits until cell 0 is not 0. */
export const sit = task((cells: Int32Array): void => {
  arrive(cells)
  blocking(() => pass(cells))
})

/** The same without a word to the pool. */
export const sitSilently = task((cells: Int32Array): void => {
  arrive(cells)
  pass(cells)
})

export const work = task((milliseconds: number): number => spin(milliseconds))
