import { join, migrated, task } from 'filch'

import { busy } from './basic.tasks.ts'

/** Ways for a thread to end in the middle of a task. */

interface Chain {
  readonly next: Chain | undefined
  readonly weight: readonly number[]
}

export const fill = task((): number => {
  let chain: Chain | undefined
  for (let i = 0; ; i++) chain = { next: chain, weight: [i, i + 1, i + 2] }
})

export const exit = task((code: number): never => process.exit(code))

const die = task((how: string, gate: Int32Array): number => {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
  return how === 'exit' ? exit(3) : fill()
})

/** Forks one that dies, and joins it once another thread has it. */
export const dieBeside = task((how: string, gate: Int32Array): number => {
  const forked = die.fork(how, gate)
  while (Atomics.load(gate, 0) === 0) Atomics.wait(gate, 0, 0)
  return join(forked)
})

/** Counts itself in cell 0; in cell 1, those that another thread than the forking one has run. */
const countStolen = task((cells: Int32Array): void => {
  busy(1)
  Atomics.add(cells, 0, 1)
  if (migrated()) Atomics.add(cells, 1, 1)
})

/** Forks until one of the forks was stolen, and says how many that took. */
export const untilStolen = task((cells: Int32Array): number => {
  for (let forks = 0; ; forks += 2) {
    if (cells[1]! > 0) return forks
    const older = countStolen.fork(cells)
    const newer = countStolen.fork(cells)
    countStolen.join(newer)
    countStolen.join(older)
  }
})
