import {
  chunkBy,
  countBy,
  groupBy,
  pack,
  partition,
  reduce,
  scan,
  shared,
  sort,
  sortBy,
  stencil,
  task,
  walkTree,
} from 'filch'

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

declare const dir: number

/** With a function that uses what it cannot see. */
export const unseen = task((count: number, what: string): unknown => {
  const list = Array.from({ length: count }, (_, i) => count - i)
  const xs = shared.f64(list)
  switch (what) {
    case 'array':
      return sort(list, (a, b) => dir * (a - b))
    case 'typed':
      return sort(xs, (a, b) => dir * (a - b))
    case 'sortBy':
      return sortBy(list, x => dir * x)
    case 'scan':
      return scan(xs, { op: (a, b) => dir * (a + b), identity: 0 })
    case 'pack':
      return pack(xs, x => x > dir)
    case 'partition':
      return partition(xs, x => x > dir)
    case 'stencil':
      return stencil(xs, count, (g, at) => dir * g[at]!)
    case 'chunkBy':
      return chunkBy(xs, (a, b) => a === dir * b)
    case 'reduce':
      return reduce(xs, (a, b) => dir * (a + b))
    case 'groupBy':
      return groupBy(xs, x => x > dir)
    case 'countBy':
      return countBy(xs, x => x > dir)
  }
  return walkTree(count, n => (n > dir ? [] : [n - 1]))
})

export const keyed = task((count: number, how: 'number' | 'string'): boolean => {
  const objects = Array.from({ length: count }, (_, at) => ({ at, key: (at * 7919) % 97 }))
  const wanted = objects.toSorted((a, b) =>
    how === 'number' ? a.key - b.key : String(a.key) < String(b.key) ? -1 : Number(String(a.key) > String(b.key)),
  )
  const same = how === 'number' ? sortBy(objects, o => o.key) : sortBy(objects, o => String(o.key))
  return same === objects && objects.every((object, i) => object === wanted[i])
})
