import { blocking, type Handle, join, poolSize, spawn, spawnWith, task, type Wait, workerIndex, yieldNow } from 'filch'

export const where = task(() => [workerIndex(), poolSize()] as const)
export const double = task((n: number) => 2 * n)
export const fib = task((n: number): number => {
  if (n < 2) return n
  const right = fib.fork(n - 2)
  return fib(n - 1) + fib.join(right)
})

function arrive(gate: Int32Array): void {
  Atomics.add(gate, 1, 1)
  Atomics.notify(gate, 1)
}

function pass(gate: Int32Array): void {
  while (Atomics.load(gate, 0) === 0) Atomics.wait(gate, 0, 0)
}

/** Blocks its thread until the gate is open. Returns where it was. */
export const gated = task((gate: Int32Array): number => {
  arrive(gate)
  pass(gate)
  return workerIndex()
})
/** The same, and says that it does. */
export const blocks = task((gate: Int32Array): number => {
  arrive(gate)
  blocking(() => blocking(() => pass(gate)))
  return workerIndex()
})
/** Its fork is pending while it blocks, and the gate is opened by the fork. */
export const blocksAboveFork = task((gate: Int32Array): number => {
  const pending = opens.fork(gate)
  blocking(() => pass(gate))
  return opens.join(pending)
})
export const opens = task((gate: Int32Array): number => {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
  return workerIndex()
})
/** The same in a thread that may block, and says nothing. Where its fork and it were. */
export const blocksAtFork = task((gate: Int32Array): readonly number[] => {
  const pending = opens.fork(gate)
  // A fork is offered at a later one, when somebody is hungry.
  while (Atomics.load(gate, 0) === 0) double.join(double.fork(1))
  return [opens.join(pending), workerIndex()]
})
/** Loops for ever and looks at nothing. */
export const spins = task((gate: Int32Array): number => {
  arrive(gate)
  for (;;) if (gate[2] === 1) return workerIndex()
})
/** Loops until it is stopped. */
export const polls = task((gate: Int32Array): number => {
  arrive(gate)
  for (;;) yieldNow()
})
export const suspended = task(function* (gate: Int32Array, other: Handle<number>) {
  arrive(gate)
  return yield* other.join()
})
/** Runs on top of a join of the fork that it made: that spins wherever it is stolen. */
export const forksSpinner = task((gate: Int32Array): number => {
  const pending = spins.fork(gate)
  while (Atomics.load(gate, 1) === 0) yieldNow()
  return spins.join(pending)
})
/** A parent whose child spins. */
export const spawnsSpinner = task(function* (gate: Int32Array) {
  return yield* spawn(spins, gate).join()
})

/** From a worker: a task with a thread of its own. */
export const starts = task(function* (n: number) {
  return yield* spawnWith({ dedicated: true }, double, n).join()
})
export const startsPlain = task((n: number) => join(spawnWith({ dedicated: true }, double, n)))
export const startsWhere = task(() => join(spawnWith({ dedicated: true }, where)))
export const pinnedWhere = task((on: number) => join(spawnWith({ on }, where)))
/** Joins what is no child of it. */
export const joins = task((gate: Int32Array, other: Handle<number>) => {
  arrive(gate)
  return join(other)
})
/** Has a child that fails while it waits for another. */
export const joinsAboveFailure = task((other: Handle<number>) => {
  spawn(fails)
  return join(other)
})
const fails = task((): number => {
  throw new RangeError('child')
})
export const spawnsMany = task((n: number) => {
  const all = Array.from({ length: n }, (_, i) => spawn(double, i))
  return all.reduce((sum, handle) => sum + join(handle), 0)
})
export const exits = task((): number => process.exit(3))
/** Each level waits for the one below: as many tasks live at the same time. */
export const chain = task(function* (depth: number): Generator<Wait<number>, number> {
  return depth === 0 ? 0 : 1 + (yield* spawn(chain, depth - 1).join())
})
export const kills = task((handle: Handle<number>, reason: string) => handle.kill(reason, { force: true }))
/** Forks all the time, and nobody takes them. */
export const forksAlone = task((milliseconds: number) => {
  for (const end = performance.now() + milliseconds; performance.now() < end;) double.join(double.fork(1))
})
/** Waits for a child that blocks, on whatever worker. */
export const joinsOwn = task((gate: Int32Array) => join(spawnWith({ dedicated: true }, gated, gate)))
