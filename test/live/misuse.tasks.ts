import { type Handle, type IVar, type Receiver, type Sender, spawn, task, type Wait } from 'filch'

export const nine = task(() => 9)
export const takes = task((thing: IVar<number> | Handle<number> | Sender<number> | Receiver<number>) => typeof thing)

/** Waits without the star. */
export const yields = task(function* (): Generator<Wait<number>, number, number> {
  return yield spawn(nine).join()
})
export const yieldsSent = task(function* (to: Sender<number>): Generator<Wait<void>, void> {
  yield to.send(1)
})
/** Goes on after the refusal, and does it as it should be. */
export const mends = task(function* (): Generator<Wait<number>, number> {
  const handle = spawn(nine)
  try {
    yield handle.join()
  } catch {}
  return yield* handle
})
/** Returns what it should wait for. */
export const returns = task(function* (): Generator<Wait<number>, number> {
  yield* spawn(nine)
  return spawn(nine).join() as unknown as number
})
export const starred = task(function* () {
  return (yield* spawn(nine)) + 1
})
export const floods = task(function* (to: Sender<number>) {
  for (let i = 0; ; i++) yield* to.send(i)
})
