import { fork, type Handle, ivar, join, type Outcome, spawnWith, task, type Wait, yieldNow } from 'filch'

import { pick, random } from './part.ts'

/** Trees of tasks that spawn, fork, wait, fail, kill each other, and now and then end their thread. */

/** In shared cells: bodies that have begun, and those that have ended, whichever way. */
export const BEGUN = 0
export const ENDED = 1
export const DEATHS = 2

const one = task((n: number) => n + 1)

/** Polls often, and ends after so many forks. */
const spin = task((cells: Int32Array, forks: number): number => {
  Atomics.add(cells, BEGUN, 1)
  try {
    let sum = 0
    for (let i = 0; i < forks; i++) sum = join(fork(one, sum))
    return sum
  } finally {
    Atomics.add(cells, ENDED, 1)
  }
})

/**
 * Ends when it is killed. One at a time: while it yields, others run on top of it, and if one of them does not end either, it cannot,
 * and whoever waits for it cannot kill the other.
 */
export const endless = task((cells: Int32Array): never => {
  Atomics.add(cells, BEGUN, 1)
  try {
    for (;;) {
      yieldNow()
      join(fork(one, 1))
    }
  } finally {
    Atomics.add(cells, ENDED, 1)
  }
})

/** Waits for what never comes, and so does its child. */
export const stuck = task(function* (cells: Int32Array, depth = 2): Generator<Wait<unknown>, number> {
  Atomics.add(cells, BEGUN, 1)
  try {
    if (depth > 0) return yield* spawnWith({}, stuck, cells, depth - 1).join()
    return yield* ivar<number>().get()
  } finally {
    Atomics.add(cells, ENDED, 1)
  }
})

/** Waits for a task of another tree. */
const follow = task(function* (cells: Int32Array, other: Handle<number>): Generator<Wait<unknown>, number> {
  Atomics.add(cells, BEGUN, 1)
  try {
    return Number((yield* other.result()).ok)
  } finally {
    Atomics.add(cells, ENDED, 1)
  }
})

/** `peril`: one in how many bodies ends its thread; 0: none. Only then do handles go to other tasks, and is anything waited for but tasks. */
export const grow = task(function* (
  cells: Int32Array,
  seed: number,
  depth: number,
  peril: number,
): Generator<Wait<unknown>, number> {
  const r = random(seed)
  Atomics.add(cells, BEGUN, 1)
  try {
    if (peril > 0 && r(peril) === 0) {
      Atomics.add(cells, DEATHS, 1)
      process.exit(3)
    }
    const children: Handle<number>[] = []
    const doomed: Handle<number>[] = []
    for (let n = depth === 0 ? 0 : r(4); n > 0; n--) {
      const options = { supervised: r(2) === 0 }
      const kind = r(6)
      if (kind < 2) children.push(spawnWith(options, grow, cells, r(2 ** 31), depth - 1, peril))
      else if (kind < 4) children.push(spawnWith(options, spin, cells, r(300)))
      else if (kind === 4 && peril === 0) doomed.push(spawnWith({ supervised: true }, stuck, cells))
      else if (peril === 0 && children.length > 0) {
        children.push(spawnWith(options, follow, cells, pick(r, children)))
      }
    }
    let sum = 1
    for (const child of children) {
      const kind = r(5)
      if (kind === 0) child.kill('tired')
      if (kind < 3) sum += valueOf(yield* child.result())
      else if (kind === 3) sum += yield* child.join()
    }
    for (const child of doomed) child.kill('doomed')
    if (r(8) === 0) throw new RangeError('planned')
    return sum
  } finally {
    Atomics.add(cells, ENDED, 1)
  }
})

function valueOf(outcome: Outcome<number>): number {
  return outcome.ok ? outcome.value : 0
}
