import { after, type Handle, join, migrated, spawn, spawnWith, task, yieldNow } from 'filch'

const open = (cells: Int32Array, at: number): void => {
  Atomics.store(cells, at, 1)
  Atomics.notify(cells, at)
}
const pass = (cells: Int32Array, at: number): void => void Atomics.wait(cells, at, 0)

export const child = task((cells: Int32Array, fails: boolean): number => {
  open(cells, 1)
  if (fails) throw new RangeError('stray')
  return 7
})

/** Runs on another seat than its root, and ends only after the child has run. */
const spawns = task((cells: Int32Array, supervised: boolean, fails: boolean): number => {
  open(cells, 0)
  spawnWith({ supervised }, child, cells, fails)
  pass(cells, 1)
  return migrated() ? 1 : 0
})

/** A task that is no resident yet when the child of its fork ends. */
export const parent = task((cells: Int32Array, supervised: boolean, fails: boolean): number => {
  const forked = spawns.fork(cells, supervised, fails)
  pass(cells, 0)
  return join(forked)
})

const joins = task(function* (handle: Handle<number>) {
  return yield* handle.join()
})
/** Sends the handle of a child that has ended, and whose slot is another's by then. */
export const resends = task(function* (cells: Int32Array) {
  const handle = spawn(child, cells, false)
  yield* handle.join()
  const others = Array.from({ length: 3 }, () => spawn(joins, handle))
  let sum = 0
  for (const other of others) sum += yield* other.join()
  return sum
})

const late = task(function* (cells: Int32Array) {
  // The root has ended by then, if it does not wait.
  yield* after(20)
  Atomics.store(cells, 2, 1)
})
const leavesOne = task((cells: Int32Array): void => {
  open(cells, 0)
  spawn(late, cells)
  open(cells, 1)
})
/** Its fork runs on another seat, and leaves a child. */
export const leaves = task((cells: Int32Array): void => {
  const forked = leavesOne.fork(cells)
  pass(cells, 0)
  leavesOne.join(forked)
})

/** A generator whose fork, on another seat, stops because a child of the task has failed. */
export const stops = task(function* (cells: Int32Array) {
  const forked = lasts.fork(cells)
  pass(cells, 0)
  spawn(child, cells, true)
  lasts.join(forked)
  yield* spawn(child, cells, false).join()
})
const lasts = task((cells: Int32Array): void => {
  open(cells, 0)
  for (;;) yieldNow()
})

const catches = task((cells: Int32Array): boolean => {
  open(cells, 0)
  try {
    join(spawn(child, cells, true))
  } catch {
    return migrated()
  } finally {
    open(cells, 2)
  }
  return false
})
/** Its fork joins a child that fails, and catches that; this seat takes no part in it. */
export const forgives = task((cells: Int32Array): boolean => {
  const forked = catches.fork(cells)
  pass(cells, 2)
  return join(forked)
})

/** The child is killed by its root's seat before anybody can have begun it. */
const spawnsMany = task((cells: Int32Array, n: number): Handle<number>[] => {
  open(cells, 0)
  return Array.from({ length: n }, () => spawnWith({}, child, cells, false))
})
export const several = task(function* (cells: Int32Array, n: number) {
  const handles = stolen(cells, n)
  let sum = 0
  for (const handle of handles) sum += yield* handle.join()
  return sum
})
const stolen = (cells: Int32Array, n: number): Handle<number>[] => {
  const forked = spawnsMany.fork(cells, n)
  pass(cells, 0)
  return join(forked)
}
