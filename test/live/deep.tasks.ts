import { after, type Handle, join, spawn, spawnWith, task, type Wait, yieldNow } from 'filch'

const leaf = task(() => 7)

/** Waits for a child that only its own seat knows of. */
export const waits = task(function* (depth: number): Generator<Wait<unknown>, number> {
  return depth === 0 ? yield* spawn(leaf).join() : yield* spawn(waits, depth - 1).join()
})

/** Joins itself so deep that the joins help nobody any more; the last of them waits for what waits. */
export const deep = task((n: number): number => (n === 0 ? join(spawn(waits, 5)) : join(spawn(deep, n - 1))))

/** A handle that is what a task comes to. */
export const gives = task((): Handle<number> => spawnWith({ detached: true }, leaf))
export const givesLater = task(function* (): Generator<Wait<unknown>, Handle<number>> {
  yield* spawn(leaf).join()
  return spawnWith({ detached: true }, leaf)
})
export const takes = task(function* (): Generator<Wait<unknown>, number> {
  const one = yield* spawn(gives).join()
  const two = yield* spawn(givesLater).join()
  return (yield* one.join()) + (yield* two.join())
})

/** A handle of a task whose record lies in memory that only this thread has seen. */
const givesFar = task((n: number): Handle<number> => {
  const handles = Array.from({ length: n }, () => spawnWith({ detached: true, on: 0 }, leaf))
  return handles.at(-1)!
})
/** Its child comes to such a handle, which is looked at or not. */
export const takesFar = task(function* (n: number, looks: boolean): Generator<Wait<unknown>, number> {
  const child = spawnWith({ on: 0 }, givesFar, n)
  return looks ? yield* (yield* child.join()).join() : 7
})

/** Spawns at the end of the stack, at every depth. */
const over = (spawned: { n: number }): void => {
  spawn(leaf)
  spawned.n++
  over(spawned)
}
export const overflow = task((): number => {
  const spawned = { n: 0 }
  try {
    over(spawned)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return Math.sign(spawned.n)
})

const endless = task((): never => {
  for (;;) yieldNow()
})
/** Kills at the end of the stack until that takes. */
const cut = (handle: Handle<unknown>, from: number): void => {
  if (from === 0) return handle.kill('deep')
  cut(handle, from - 1)
}
export const killsDeep = task(function* (step: number): Generator<Wait<unknown>, number> {
  const child = spawnWith({ supervised: true }, endless)
  for (let from = 50_000; ; from = Math.max(0, from - step)) {
    try {
      cut(child, from)
      break
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  }
  const outcome = yield* child.result()
  return Number(outcome.ok)
})

/** A chain of tasks, each of which waits for the next; the last says that it is there, and waits for ever. */
export const chain = task(function* (depth: number, there: Int32Array): Generator<Wait<unknown>, void> {
  if (depth === 0) {
    Atomics.store(there, 0, 1)
    Atomics.notify(there, 0)
    yield* after(2 ** 30)
  } else yield* spawn(chain, depth - 1, there).join()
})

/** The same, whose last never looks up. */
export const stubborn = task(function* (depth: number, there: Int32Array): Generator<Wait<unknown>, void> {
  if (depth > 0) yield* spawn(stubborn, depth - 1, there).join()
  Atomics.store(there, 0, 1)
  Atomics.notify(there, 0)
  for (;;);
})
