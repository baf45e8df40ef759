import { task } from 'filch'

/** Sorts `values` from `from` up to `to`; `spare` is as long, and what it holds does not matter. */
export const sort = task((values: Float64Array, spare: Float64Array, from: number, to: number): void => {
  // Below this size the engine's own sort is the better algorithm. It is not needed to keep forks cheap.
  if (to - from <= 1024) {
    values.subarray(from, to).sort()
    return
  }
  const middle = (from + to) >>> 1
  const right = sort.fork(values, spare, middle, to)
  sort(values, spare, from, middle)
  sort.join(right)

  spare.set(values.subarray(from, to), from)
  let left = from
  let next = middle
  for (let i = from; i < to; i++) {
    const takeLeft = next === to || (left < middle && spare[left]! <= spare[next]!)
    values[i] = takeLeft ? spare[left++]! : spare[next++]!
  }
})
