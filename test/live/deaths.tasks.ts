import { type Handle, join, spawn, spawnWith, task } from 'filch'

export const open = (cells: Int32Array, at: number): void => {
  Atomics.add(cells, at, 1)
  Atomics.notify(cells, at)
}
const pass = (cells: Int32Array, at: number): void => {
  while (Atomics.load(cells, at) === 0) Atomics.wait(cells, at, 0)
}

export const seven = task(() => 7)

/** Opens cell `at` when it begins to run. */
const mark = task((cells: Int32Array, at: number): number => {
  open(cells, at)
  return at
})

/** Leaves detached tasks behind, some begun elsewhere, and dies. */
export const bequeath = task((cells: Int32Array, n: number): never => {
  for (let i = 0; i < n; i++) spawnWith({ detached: true }, mark, cells, 0)
  process.exit(3)
})

/** On worker 1: holds a handle over the death of the thread that kept the task. */
const holder = task((handle: Handle<number>, cells: Int32Array): void => {
  open(cells, 0)
  pass(cells, 1)
  const { status } = handle
  Atomics.store(cells, 2, status === 'done' ? 1 : status === 'failed' ? 2 : 3)
  open(cells, 3)
})
export const keeper = task(function* (cells: Int32Array) {
  const child = spawn(seven)
  spawnWith({ detached: true, on: 1 }, holder, child, cells)
  yield* child.join()
  pass(cells, 0)
  process.exit(3)
})

/** A fork that outlives its root, and spawns. */
const orphan = task((cells: Int32Array, caught: boolean): number => {
  open(cells, 0)
  pass(cells, 1)
  try {
    return join(spawn(seven))
  } catch (error) {
    Atomics.store(cells, 2, caught ? 1 : 2)
    throw error
  } finally {
    open(cells, 3)
  }
})
export const forsake = task((cells: Int32Array): never => {
  orphan.fork(cells, true)
  pass(cells, 0)
  process.exit(3)
})
