import { type Handle, type IVar, ivar, type Latch, spawnWith, task, type Wait } from 'filch'

/** Waits for the task whose handle comes. */
export const waiter = task(function* (other: IVar<Handle<number>>): Generator<Wait<unknown>, number> {
  const handle = yield* other.get()
  return yield* handle.join()
})
/** So many tasks in a circle, each waiting for the next. */
export const circle = task(function* (size: number, dedicated: boolean): Generator<Wait<unknown>, void> {
  const handles = Array.from({ length: size }, () => ivar<Handle<number>>())
  const tasks = handles.map((next, i) => spawnWith({ name: `task ${i}`, supervised: true, dedicated }, waiter, next))
  for (const [i, next] of handles.entries()) next.put(tasks[(i + 1) % size]!)
  for (const one of tasks) yield* one.result()
})
/** A child that waits for its parent, which has ended but for it. */
export const parent = task((own: IVar<Handle<number>>): number => {
  spawnWith({ name: 'the child' }, waiter, own)
  return 1
})
export const waits = task(function* (gate: Latch) {
  yield* gate.wait()
})
