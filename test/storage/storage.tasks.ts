import {
  after,
  type Handle,
  latch,
  type Latch,
  scope,
  spawn,
  spawnWith,
  task,
  taskLocal,
  type Wait,
  workerIndex,
  workerLocal,
} from 'filch'

import { busy } from '../pool/basic.tasks.ts'

// --- per worker -----------------------------------------------------------------------------------------------------

export const calls = workerLocal(() => ({ count: 0 }))
export const indexes = workerLocal(() => workerIndex())
export const unsendable = workerLocal(() => () => 1)

export const call = task(() => void calls.value.count++)
export const many = task((count: number) => {
  scope(s => {
    for (let i = 0; i < count; i++) s.spawn(call)
  })
})
export const index = task(() => indexes.value)
export const useUnsendable = task(() => unsendable.value())
export const sum = task(function* () {
  return yield* calls.reduce((total, { count }) => total + count, 0)
})
export const places = task(function* () {
  return yield* indexes.values()
})
export const takeAll = task(function* () {
  return (yield* calls.take()).length
})
export const replaceIndex = task((by: number) => {
  indexes.value = by
})

// --- per task -------------------------------------------------------------------------------------------------------

export const name = taskLocal('nobody')
export const depth = taskLocal(0)
export const bag = taskLocal<{ readonly list: readonly number[] } | undefined>({ list: [] })
export const table = taskLocal<Int32Array | null>(null)

export const whoami = task(() => name.value)
export const rename = task(function* (to: string): Generator<Wait<unknown>, readonly string[]> {
  const before = name.value
  name.value = to
  const child = yield* spawn(whoami).join()
  const detached = yield* spawnWith({ detached: true }, whoami).join()
  const loud = spawn(change, `${to}!`)
  name.value = `${to}?`
  return [before, child, detached, yield* loud.join(), name.value]
})
export const change = task((to: string) => {
  name.value = to
  return name.value
})
/** A tree of spawns: each adds 1 to what it inherits, and sees that nobody else has changed its own. */
export const tree = task(function* (levels: number): Generator<Wait<number>, number> {
  depth.value += 1
  const mine = depth.value
  if (levels === 0) return mine
  const children: Handle<number>[] = [spawn(tree, levels - 1), spawn(tree, levels - 1)]
  let total = 0
  for (const child of children) total += yield* child.join()
  if (depth.value !== mine) throw new Error(`${depth.value} is not ${mine}`)
  return total
})
/** Each fork, stolen or not, sees what its task has set. */
export const forks = task((from: number, to: number, value: number): number => {
  if (to - from === 1) {
    busy(0.2)
    return depth.value === value && name.value === `task ${value}` ? 1 : 0
  }
  const middle = (from + to) >> 1
  const right = forks.fork(middle, to, value)
  return forks(from, middle, value) + forks.join(right)
})
export const forking = task((count: number, value: number) => {
  depth.value = value
  name.value = `task ${value}`
  return forks(0, count, value)
})
/** A fork that sets, sets for its task. */
export const settingFork = task((value: number) => {
  busy(0.2)
  depth.value = value
  return value
})
export const setsInForks = task((count: number) => {
  name.value = 'kept'
  for (let i = 1; i <= count; i++) {
    const forked = settingFork.fork(i)
    busy(0.1)
    settingFork.join(forked)
    if (depth.value !== i) throw new Error(`${depth.value} is not ${i}`)
  }
  return name.value
})
/** Forks read while their task sets: each reads a whole value. */
export const readAgain = task((times: number): number => {
  let torn = 0
  for (let i = 0; i < times; i++) {
    const { list } = bag.value!
    for (const n of list) if (n !== list[0]) torn++
  }
  return torn
})
export const setAgain = task((times: number): number => {
  const forked = readAgain.fork(times)
  for (let i = 0; i < times; i++) bag.value = { list: Array.from({ length: i % 40 }, () => i) }
  return readAgain.join(forked)
})
export const undefinedToo = task(() => {
  const before = bag.value
  bag.value = undefined
  return [before, bag.value]
})
export const tableChild = task(() => Atomics.add(table.value!, 0, 1))
export const tables = task(function* (count: number) {
  table.value = new Int32Array(new SharedArrayBuffer(4))
  for (let i = 0; i < count; i++) yield* spawn(tableChild).join()
  return table.value[0]
})
export const refused = task(() => {
  taskThing.value = latch(1)
})
const taskThing = taskLocal<Latch | undefined>(undefined)
export const interleaved = task(function* (mine: string, meet: Latch): Generator<Wait<unknown>, boolean> {
  name.value = mine
  for (let i = 0; i < 20; i++) {
    yield* spawn(whoami).join()
    if (name.value !== mine) return false
  }
  meet.countDown()
  yield* meet.wait()
  return name.value === mine
})
export const interleave = task(function* (count: number) {
  const meet = latch(count)
  const all = Array.from({ length: count }, (_, i) => spawn(interleaved, `n${i}`, meet))
  let good = 0
  for (const one of all) if (yield* one.join()) good++
  return good
})

/** Sets a value, and looks at it when another has been set meanwhile. */
const own = taskLocal('nobody')
export const keepsOwn = task(function* (name: string) {
  own.value = name
  yield* after(20)
  return [own.value, yield* spawn(readsOwn).join()]
})
const readsOwn = task(() => own.value)
