import { sort, sortBy, task } from 'filch'

type Numbers = Float64Array | Float32Array | Int32Array | Uint32Array | Int16Array | Uint8Array | BigInt64Array

/** In place, over shared memory or not. */
export const sorted = task((xs: Numbers, compare: 'none' | 'down'): Numbers => {
  if (compare === 'down') return sort(xs as Float64Array, (a, b) => (a < b ? 1 : a > b ? -1 : 0))
  return sort(xs as Float64Array)
})

export const arrays = task((xs: readonly (string | number | undefined)[], how: 'text' | 'last'): unknown[] => {
  const array = [...xs]
  // By the last digit alone: stability shows.
  return how === 'text' ? sort(array) : sort(array, (a, b) => Number(String(a).at(-1)) - Number(String(b).at(-1)))
})

export const keyed = task((count: number, how: 'number' | 'string'): boolean => {
  const objects = Array.from({ length: count }, (_, at) => ({ at, key: (at * 7919) % 97 }))
  const wanted = objects.toSorted((a, b) =>
    how === 'number' ? a.key - b.key : String(a.key) < String(b.key) ? -1 : Number(String(a.key) > String(b.key)),
  )
  const same = how === 'number' ? sortBy(objects, o => o.key) : sortBy(objects, o => String(o.key))
  return same === objects && objects.every((object, i) => object === wanted[i])
})
