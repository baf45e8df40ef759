import { join, poolSize, task } from 'filch'

/** What becomes of objects that are handed over. */

export interface Data {
  readonly list: number[]
  readonly inner: { text: string }
}

/** Says how its argument looks, and tries to change it. */
export const look = task((data: Data): unknown => {
  const frozen = [data, data.list, data.inner].map(part => Object.isFrozen(part))
  let threw = false
  try {
    data.list.push(4)
  } catch (error) {
    threw = error instanceof TypeError
  }
  return { frozen, threw, list: [...data.list] }
})

export const lookAtGate = task((data: Data, gate: Int32Array): unknown => {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
  return look(data)
})

function awaitTheft(gate: Int32Array): boolean {
  if (poolSize() > 1) while (Atomics.load(gate, 0) === 0) Atomics.wait(gate, 0, 0)
  return poolSize() > 1
}

/** Forks with an object of its own; `after` says what it looks like at home. */
export const handOver = task((gate: Int32Array, stolen: boolean): unknown => {
  const data: Data = { list: [1, 2, 3], inner: { text: 'a' } }
  const forked = lookAtGate.fork(data, gate)
  if (stolen) awaitTheft(gate)
  return { seen: join(forked), after: [Object.isFrozen(data), Object.isFrozen(data.list), data.list.length] }
})

export const readMap = task((map: ReadonlyMap<string, number>, gate: Int32Array): number => {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
  return map.get('a') ?? -1
})
/** A Map cannot be frozen: what the fork sees is what it was at the fork, whoever runs it. */
export const changeMap = task((gate: Int32Array, stolen: boolean): unknown => {
  const map = new Map([['a', 1]])
  const forked = readMap.fork(map, gate)
  map.set('a', 2)
  if (stolen) awaitTheft(gate)
  return [join(forked), map.get('a')]
})

/** An object that has changed after it was handed over, where that is possible. */
export const changeObject = task((gate: Int32Array, stolen: boolean): unknown => {
  const data: Data = { list: [1, 2, 3], inner: { text: 'a' } }
  const forked = lookAtGate.fork(data, gate)
  let threw = false
  try {
    data.inner.text = 'b'
    data.list[0] = 9
  } catch (error) {
    threw = error instanceof TypeError
  }
  if (stolen) awaitTheft(gate)
  return [(join(forked) as { list: number[] }).list[0], threw, data.list[0]]
})

export const write = task((cells: Int32Array, at: number, value: number): number => Atomics.exchange(cells, at, value))
/** Shared arrays, both ways. */
export const share = task((cells: Int32Array): number => {
  const forked = write.fork(cells, 0, 7)
  write(cells, 1, 8)
  join(forked)
  return cells[0]! + cells[1]!
})

/** A buffer made by the worker. */
export const make = task((value: number): Int32Array<SharedArrayBuffer> => {
  const cells = new Int32Array(new SharedArrayBuffer(8))
  cells[0] = value
  return cells
})
export const makeWithin = task((gate: Int32Array, value: number): Int32Array<SharedArrayBuffer> => {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
  return make(value)
})
/** A stolen fork makes a buffer; both threads write into it, and it goes home. */
export const passOn = task((gate: Int32Array): Int32Array<SharedArrayBuffer> => {
  const forked = makeWithin.fork(gate, 5)
  awaitTheft(gate)
  const cells = join(forked)
  Atomics.add(cells, 1, 6)
  return cells
})

export const sum = task((arrays: readonly Int32Array[]): number => {
  for (const array of arrays) Atomics.add(array, 1, 1)
  return arrays.reduce((total, array) => total + array[0]!, 0)
})
/** Many buffers of its own, handed to forks. */
export const sumMine = task((count: number): number => {
  const arrays = Array.from({ length: count }, (_, i) => {
    const cells = new Int32Array(new SharedArrayBuffer(8))
    cells[0] = i
    return cells
  })
  const right = sum.fork(arrays)
  const left = sum(arrays)
  const total = left + sum.join(right)
  return arrays.every(array => array[1] === 2) ? total : -1
})
