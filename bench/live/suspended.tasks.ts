import { type Handle, type IVar, ivar, type Latch, spawn, task } from 'filch'

/** How many have come to where they wait, in this thread. */
let reached = 0

const waitsAtLatch = task(function* (gate: Latch, i: number) {
  reached++
  yield* gate.wait()
  return i
})

const waitsAtIvar = task(function* (gate: IVar<number>, i: number) {
  reached++
  return i * (yield* gate.get())
})

/** Spawns so many that wait at one gate, and joins each: the sum of the results. */
export const manyAtLatch = task(function* (count: number, gate: Latch) {
  const handles: Handle<number>[] = []
  for (let i = 0; i < count; i++) handles.push(spawn(waitsAtLatch, gate, i))
  let sum = 0
  for (const handle of handles) sum += yield* handle.join()
  return sum
})

export const manyAtIvar = task(function* (count: number, gate: IVar<number>) {
  const handles: Handle<number>[] = []
  for (let i = 0; i < count; i++) handles.push(spawn(waitsAtIvar, gate, i))
  let sum = 0
  for (const handle of handles) sum += yield* handle.join()
  return sum
})

/** The same with a gate for each, which this task has made: all are opened once the one that it was given is open. */
export const manyAtTheirOwn = task(function* (count: number, gate: IVar<number>) {
  const gates: IVar<number>[] = []
  const handles: Handle<number>[] = []
  for (let i = 0; i < count; i++) {
    const own = ivar<number>()
    gates.push(own)
    handles.push(spawn(waitsAtIvar, own, i))
  }
  const value = yield* gate.get()
  for (const own of gates) own.put(value)
  let sum = 0
  for (const handle of handles) sum += yield* handle.join()
  return sum
})

export const reachedHere = task((): number => reached)

/** Collects what nobody has any more. In a process with --expose-gc. */
export const collect = task((): void => (globalThis as unknown as { gc(): void }).gc())
