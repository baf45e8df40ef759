import { type Handle, join, spawn, spawnWith, task, type Wait, workerIndex, yieldNow } from 'filch'

import { count } from '../pool/life.tasks.ts'

/** Programs of parents and children. `cells` is what they leave behind, `gate[0]` what they wait for. */

const square = task((n: number): number => n * n)

export const sum = task(function* (n: number) {
  const squares = Array.from({ length: n }, (_, i) => spawn(square, i))
  let total = 0
  for (const handle of squares) total += yield* handle.join()
  return total
})

export const plainSum = task((n: number): number =>
  Array.from({ length: n }, (_, i) => spawn(square, i)).reduce((total, handle) => total + join(handle), 0),
)

/** Looks up until the gate is open. */
export const gated = task((gate: Int32Array, result: number): number => {
  while (Atomics.load(gate, 0) === 0) yieldNow()
  return result
})

/** Waits for a task that belongs to somebody else. */
export const waiter = task(function* (other: Handle<number>) {
  return 1 + (yield* other.join())
})

function startAll(cells: Int32Array, children: number): void {
  for (let i = 0; i < children; i++) spawn(countChildren, cells, 3)
}

/** Starts children in a function that returns at once, and returns at once itself; none is joined. */
export const starts = task((cells: Int32Array, children: number): string => {
  startAll(cells, children)
  return 'ended'
})
const countChildren = task((cells: Int32Array, depth: number): void => {
  Atomics.add(cells, 0, 1)
  if (depth > 0) startTwo(cells, depth - 1)
})
function startTwo(cells: Int32Array, depth: number): void {
  spawn(countChildren, cells, depth)
  spawn(countChildren, cells, depth)
}

export const place = task((): number => workerIndex())

const fails = task((what: string): number => {
  throw new RangeError(what)
})
const endless = task((cells: Int32Array): number => {
  Atomics.add(cells, 0, 1)
  try {
    for (;;) yieldNow()
  } finally {
    Atomics.add(cells, 1, 1)
  }
})

/** How a child's failure reaches a parent that does not join it. */
export const linked = task(function* (cells: Int32Array) {
  const sibling = spawn(endless, cells)
  spawn(fails, 'linked')
  return yield* sibling.join()
})
export const supervised = task(function* () {
  const failing = spawnWith({ supervised: true }, fails, 'supervised')
  const other = yield* spawn(square, 6).join()
  const outcome = yield* failing.result()
  return `${other} ${outcome.ok ? 'ok' : String(outcome.error)}`
})
export const detached = task(function* () {
  spawnWith({ detached: true }, fails, 'detached')
  return yield* sum(4)
})
export const caught = task(function* () {
  try {
    yield* spawn(fails, 'caught').join()
  } catch (error) {
    return String(error)
  }
  return 'nothing'
})

/** Waits for children that wait for theirs; those at the bottom never end. Each counts its beginning and its end. */
export const family = task(function* (cells: Int32Array, depth: number): Generator<Wait<number>, number> {
  if (depth === 0) return yield* spawn(endless, cells).join()
  Atomics.add(cells, 0, 1)
  try {
    const left = spawn(family, cells, depth - 1)
    const right = spawn(family, cells, depth - 1)
    return (yield* left.join()) + (yield* right.join())
  } finally {
    Atomics.add(cells, 1, 1)
  }
})

/** Outlives its parent. */
export const leavesOneBehind = task((gate: Int32Array, cells: Int32Array): void => {
  spawnWith({ detached: true }, late, gate, cells)
})
const late = task((gate: Int32Array, cells: Int32Array): number => {
  gated(gate, 0)
  return count(cells, 0)
})
