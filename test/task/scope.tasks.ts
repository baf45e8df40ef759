import {
  invokeAll,
  join,
  migrated,
  poolSize,
  progress,
  type Scope,
  scope,
  task,
  workerIndex,
  yieldNow,
  type Task,
} from 'filch'

import { fib } from '../pool/basic.tasks.ts'

/** Programs of scopes. Children write into shared cells. */

export const mark = task((cells: Int32Array, at: number): void => void Atomics.add(cells, at, 1))

export const markEach = task((cells: Int32Array): string => {
  scope(s => {
    for (let i = 0; i < cells.length; i++) s.spawn(mark, cells, i)
  })
  // Here all of them have ended.
  return cells.every(cell => cell === 1) ? 'all' : 'not all'
})

/** Each child a scope of its own, `depth` deep and four wide; marks a cell at each leaf. */
export const nested = task((cells: Int32Array, depth: number): number => {
  if (depth === 0) return Atomics.add(cells, 0, 1)
  return scope(s => {
    for (let i = 0; i < 4; i++) s.spawn(nested, cells, depth - 1)
    return depth
  })
})

/** A scope in a scope's body. */
export const inner = task((cells: Int32Array): string => {
  const seen: number[] = []
  scope(outer => {
    outer.spawn(mark, cells, 0)
    scope(inner => {
      inner.spawn(mark, cells, 1)
      outer.spawn(mark, cells, 0)
      inner.spawn(mark, cells, 1)
    })
    seen.push(cells[1]!)
  })
  seen.push(cells[0]!)
  return seen.join()
})

export const forkingChild = task((cells: Int32Array, n: number): void => void Atomics.add(cells, 0, fib(n)))
export const forking = task((cells: Int32Array): number => {
  const before = fib.fork(15)
  scope(s => {
    for (let i = 0; i < 50; i++) s.spawn(forkingChild, cells, 10)
    const within = fib.fork(12)
    s.spawn(forkingChild, cells, 11)
    Atomics.add(cells, 1, join(within))
  })
  return fib.join(before)
})

export const throwAt = task((cells: Int32Array, at: number): void => {
  Atomics.add(cells, at, 1)
  throw new RangeError(`child ${at}`)
})

/** Children in `bad` throw. */
export const failing = task((cells: Int32Array, bad: readonly number[]): void => {
  scope(s => {
    for (let i = 0; i < cells.length; i++) s.spawn(bad.includes(i) ? throwAt : mark, cells, i)
  })
})

export const failingBody = task((cells: Int32Array): void => {
  scope(s => {
    for (let i = 0; i < cells.length; i++) s.spawn(throwAt, cells, i)
    throw new SyntaxError('body')
  })
})

/** The pool is whole after a scope that was left by an error. */
export const failAndGoOn = task((cells: Int32Array): number => {
  for (let round = 0; round < 20; round++) {
    try {
      failingBody(cells)
    } catch {
      // As expected.
    }
  }
  return fib(15)
})

export const kept: { scope: Scope | undefined } = { scope: undefined }
export const spawnLate = task((cells: Int32Array): unknown => {
  scope(s => (kept.scope = s))
  try {
    kept.scope!.spawn(mark, cells, 0)
    return 'spawned'
  } catch (error) {
    return (error as { code?: unknown }).code
  }
})
export const spawnAfterError = task((cells: Int32Array): unknown => {
  try {
    scope(s => {
      kept.scope = s
      throw new Error('left')
    })
  } catch {
    // As expected.
  }
  try {
    kept.scope!.spawn(mark, cells, 0)
    return 'spawned'
  } catch (error) {
    return (error as { code?: unknown }).code
  }
})

export const place = task(() => ({ index: workerIndex(), size: poolSize(), migrated: migrated(), ran: yieldNow() }))

/** Runs `inside` on another worker than its own, which waits meanwhile; on its own if there is no other. */
export const elsewhere = task((inside: Task<() => unknown>, gate: Int32Array): unknown => {
  const forked = atGate.fork(inside, gate)
  if (poolSize() > 1) while (Atomics.load(gate, 0) === 0) Atomics.wait(gate, 0, 0)
  return [place(), join(forked)]
})
export const atGate = task((inside: Task<() => unknown>, gate: Int32Array): unknown => {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
  return inside()
})

export const report = task((done: number): void => progress(done))
export const reportAll = task((times: number): number => {
  scope(s => {
    for (let i = 0; i < times; i++) s.spawn(report, 1)
  })
  progress(times)
  return times
})

/** Waits in the join of a stolen fork, with children of a scope pending, until it helps another run. */
export const scopeThatHelps = task((gate: Int32Array): void => {
  scope(s => {
    const forked = untilOpen.fork(gate)
    while (Atomics.load(gate, 0) === 0) Atomics.wait(gate, 0, 0)
    s.spawn(report, 1)
    s.spawn(report, 1)
    s.spawn(report, 1)
    // The caller may start the other run now: no other worker is free to take it.
    Atomics.store(gate, 2, 1)
    Atomics.notify(gate, 2)
    join(forked)
  })
})
export const untilOpen = task((gate: Int32Array): void => {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
  while (Atomics.load(gate, 1) === 0) Atomics.wait(gate, 1, 0)
})
/** Publishes whatever its worker holds, and opens the gate. */
export const intruder = task((gate: Int32Array): number => {
  for (let i = 0; i < 10; i++) yieldNow()
  Atomics.store(gate, 1, 1)
  Atomics.notify(gate, 1)
  return 7
})

export const two = task(() => invokeAll([fib, 10], [fib, 11]))

let openScope: Scope | undefined

const spawnsInParent = task((cells: Int32Array): void => {
  Atomics.add(cells, 0, 1)
  openScope?.spawn(leaf, cells)
})

const leaf = task((cells: Int32Array): void => {
  Atomics.add(cells, 1, 1)
})

/** Its children spawn into the scope of their parent, which they can reach in the same thread only. */
export const childrenThatSpawn = task((cells: Int32Array): void => {
  try {
    scope(s => {
      openScope = s
      for (let i = 0; i < 3; i++) s.spawn(spawnsInParent, cells)
    })
  } finally {
    openScope = undefined
  }
})
