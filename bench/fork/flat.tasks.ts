import { task } from 'filch'

import { timeSync } from '../support/clock.ts'

/** As empty as a task can be whose result proves that it ran. */
export const empty = task((): number => 1)

/** Forks and joins in a flat loop: there is never more than one pending, so it is the oldest, and always worth stealing. */
function loop(count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += empty.join(empty.fork())
  return sum
}

function plainLoop(count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += empty()
  return sum
}

/** Milliseconds of each of several loops, after two to warm up. */
export const flat = task((forked: boolean, count: number, times: number): number[] => {
  const run = forked ? loop : plainLoop
  timeSync(2, count, () => run(count))
  return timeSync(times, count, () => run(count))
})
