import { spawn, task } from 'filch'

import { count } from './life.tasks.ts'

/** Tasks that block their workers until others have done something. */

/** Marks its cell, and blocks until the other side has marked its own. */
const side = task((sides: Int32Array, mine: number): number => {
  Atomics.store(sides, mine, 1)
  Atomics.notify(sides, mine)
  while (Atomics.load(sides, 1 - mine) === 0) Atomics.wait(sides, 1 - mine, 0)
  return 1
})

export const bothSides = task((sides: Int32Array): number => {
  const other = side.fork(sides, 1)
  return side(sides, 0) + side.join(other)
})

/** Spawns a child for each cell, and blocks without a look at anything else until they have all run. */
export const stuckParent = task((cells: Int32Array): number => {
  for (let i = 0; i < cells.length; i++) spawn(count, cells, i)
  const clock = new Int32Array(new SharedArrayBuffer(4))
  while (cells.some((_, i) => Atomics.load(cells, i) === 0)) Atomics.wait(clock, 0, 0, 5)
  return cells.reduce((sum, cell) => sum + cell, 0)
})
