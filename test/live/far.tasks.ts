import { channel, currentTask, type Handle, type IVar, ivar, type Sender, spawnWith, task, type Wait } from 'filch'

const text = 'x'.repeat(2 ** 20)
/** Fills memory: what is made next lies where no other thread has looked. */
const grow = (): IVar<string>[] =>
  Array.from({ length: 12 }, () => {
    const value = ivar<string>()
    value.put(text)
    return value
  })

const quick = task((n: number): number => n)
const waits = task(function* (value: IVar<number>): Generator<Wait<unknown>, number> {
  return yield* value.get()
})
const waiting = (value: IVar<number>): Handle<number>[] =>
  Array.from({ length: 300 }, () => spawnWith({ on: 0 }, waits, value))

const parentOf = task((): number | undefined => currentTask()?.parent)
const asks = task(function* (): Generator<Wait<unknown>, number | undefined> {
  return yield* spawnWith({ on: 2 }, parentOf).join()
})
/** On worker 0. The record of a task lies far; its child runs on a third thread, and wants to know whose it is. */
export const hasFarParent = task(function* (): Generator<Wait<unknown>, boolean> {
  for (let i = 0; i < 2; i++) yield* spawnWith({ on: 1 }, asks).join()
  const [kept, gate] = [grow(), ivar<number>()]
  const all = waiting(gate)
  const parent = yield* spawnWith({ on: 1 }, asks).join()
  gate.put(kept.length)
  for (const one of all) yield* one.join()
  return parent !== undefined
})

const sendsShared = task((to: Sender<unknown>): number => {
  const view = new Int32Array(new SharedArrayBuffer(8))
  to.send(1)
  const kept = grow()
  for (let i = 0; i < 300; i++) to.send(view)
  return kept.length
})
/** On worker 0. Ends with messages unread whose slots lie far. */
export const leavesFarMessages = task(function* (): Generator<Wait<unknown>, number> {
  const ends = channel<unknown>()
  return (yield* spawnWith({ on: 1 }, sendsShared, ends[0]).join()) * ends.length
})

/** On worker 1. Slots that were freed are used again, near ones for errands and far ones for the jobs that they are about. */
const sendsFarErrands = task(function* (): Generator<Wait<unknown>, number> {
  const low = spawnWith({ on: 0 }, quick, 1)
  yield* low.join()
  const lows = Array.from({ length: 20 }, (_, i) => spawnWith({ on: 0 }, quick, i))
  const [kept, gate] = [grow(), ivar<number>()]
  const all = waiting(gate)
  const far = spawnWith({ on: 0 }, quick, 7)
  for (const one of lows) yield* one.join()
  yield* far.join()
  let sum = 0
  const own = [0, 1, 2].map(i => spawnWith({ dedicated: true }, quick, i))
  for (const one of own) sum += yield* one.join()
  gate.put(kept.length)
  for (const one of all) yield* one.join()
  return sum
})
export const asksForFarErrands = task(function* (): Generator<Wait<unknown>, number> {
  return yield* spawnWith({ on: 1 }, sendsFarErrands).join()
})
