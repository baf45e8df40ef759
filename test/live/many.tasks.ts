import { type Handle, type IVar, join, type Latch, spawn, spawnWith, task } from 'filch'

const waits = task(function* (gate: IVar<number>, reached: Latch, i: number) {
  reached.countDown()
  return i * (yield* gate.get())
})

/** Spawns so many that wait at one gate; the results, in the order of the spawns. */
export const many = task(function* (gate: IVar<number>, reached: Latch, n: number) {
  const handles = Array.from({ length: n }, (_, i) => spawn(waits, gate, reached, i))
  const results: number[] = []
  for (const handle of handles) results.push(yield* handle.join())
  return results
})

/** The same, and each must be told of its kill. */
export const cut = task(function* (gate: IVar<number>, reached: Latch, n: number) {
  const handles = Array.from({ length: n }, (_, i) => spawnWith({ supervised: true }, waits, gate, reached, i))
  yield* reached.wait()
  for (const handle of handles) handle.kill('enough')
  let killed = 0
  for (const handle of handles) {
    const outcome = yield* handle.result()
    if (!outcome.ok && (outcome.error as { reason?: unknown }).reason === 'enough') killed++
  }
  return killed
})

const next = task((gate: IVar<number>, i: number): number => i * gate.peek()!)

/** A chain as long: each waits for the one before it. */
export const chain = task(function* (gate: IVar<number>, reached: Latch, n: number) {
  let last: Handle<number> | undefined
  for (let i = 0; i < n; i++) last = spawn(after, gate, reached, last, i)
  return yield* last!.join()
})
const after = task(function* (gate: IVar<number>, reached: Latch, before: Handle<number> | undefined, i: number) {
  reached.countDown()
  if (before === undefined) return i * (yield* gate.get())
  return (yield* before.join()) + next(gate, i)
})

/** A plain task that helps while it joins them. */
export const plain = task((gate: IVar<number>, reached: Latch, n: number): number => {
  const handles = Array.from({ length: n }, (_, i) => spawn(waits, gate, reached, i))
  let sum = 0
  for (const handle of handles) sum += join(handle)
  return sum
})
