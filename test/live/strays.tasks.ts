import { type Handle, join, migrated, spawnWith, task } from 'filch'

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
