import { task } from 'filch'

import { digest, expected, outcome, program } from '../task/program.ts'
import { execute } from '../task/random.tasks.ts'
import { random } from './part.ts'

/** Leaves of a large program, at most. */
export const MOST_LEAVES = 64

const nothing = task(() => {})

/**
 * Makes `count` programs from seeds, `seed` and those that follow, runs each by forks and by a plain interpreter, and compares.
 * Says what is wrong, or nothing. Done in a task, so that a hundred programs cost one run.
 */
export const batch = task((cells: Int32Array, seed: number, count: number): string => {
  for (let at = seed; at < seed + count; at++) {
    const r = random(at)
    const mayLeaveOut = r(2) === 0
    const next = { at: 0 }
    const made = program(r, r(40) === 0 ? 1 + r(MOST_LEAVES) : 1 + r(5), mayLeaveOut, next)
    cells.fill(0)
    // Its join ends what an error has left behind.
    const before = nothing.fork()
    const got = outcome(() => execute(cells, made))
    nothing.join(before)
    const wanted = outcome(() => expected(made))
    if (digest(got) !== digest(wanted)) {
      return `program ${at} gave ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`
    }
    for (let leaf = 0; leaf < next.at; leaf++) {
      const times = cells[leaf]!
      if (times > 1 || (times === 0 && !mayLeaveOut)) return `leaf ${leaf} of program ${at} ran ${times} times`
    }
  }
  return ''
})
