import { hungry } from '../par/hunger.ts'
import { stack } from '../scheduler/context.ts'
import { attach } from '../scheduler/failure.ts'
import type { Task } from '../task/task.ts'
import { workerIndex, yieldNow } from '../task/place.ts'

/** Steps that are worth a fork, and the part of all of them. */
const LEAST = 8
const PART = 8

/** Looks at steps `from` to before `to` for others; false if it runs where it was forked: nobody has stolen it. */
type Ahead<P> = Task<(plan: P, from: number, to: number, home: number) => boolean>

/** Steps from left to right, each of which needs to know what those before it came to. */
export interface Sweep<P> {
  readonly plan: P
  /** Nobody may help. */
  readonly alone: boolean
  /** Does a step whose left neighbours are done. */
  here(step: number): void
  /** What a thief does with steps whose left neighbours are not: notes what they come to. */
  readonly ahead: Ahead<P>
  /** Finishes steps that a thief has looked at, all side by side, when their left neighbours are done. */
  known(from: number, to: number): void
}

/**
 * A single pass as long as nobody helps. What is stolen takes two, and is finished when all before it is (the pre-scan
 * only of what is stolen is oneTBB's).
 */
export function sweep<P>(all: Sweep<P>, from: number, to: number): void {
  const { plan, ahead } = all
  const least = Math.max(LEAST, (to - from) / PART)
  let end = to
  const forks: { readonly from: number; readonly to: number; readonly fork: ReturnType<typeof ahead.fork> }[] = []
  try {
    for (let step = from; step < end; step++) {
      if (stack.want[0] !== 0 && !all.alone && end - step >= least && (forks.length === 0 || hungry())) {
        const middle = step + Math.ceil((end - step) / 2)
        forks.push({ from: middle, to: end, fork: ahead.fork(plan as never, middle, end, workerIndex()) })
        end = middle
      } else if ((step & 63) === 0) yieldNow()
      all.here(step)
    }
    while (forks.length > 0) {
      const { from, to, fork } = forks.pop()!
      if (ahead.join(fork)) all.known(from, to)
      else sweep(all, from, to)
    }
  } catch (error) {
    // No fork outlives the call.
    for (const { fork } of forks.reverse()) {
      try {
        ahead.join(fork)
      } catch (other) {
        attach(error, other)
      }
    }
    throw error
  }
}
