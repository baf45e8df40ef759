import {
  histogram,
  integerSort,
  kthSmallest,
  matmul,
  minmax,
  pack,
  par,
  partition,
  randoms,
  reduce,
  scan,
  search,
  shared,
  shuffle,
  sort,
  sortBy,
  stencil,
  task,
  transpose,
  unique,
} from 'filch'

/** Every consumer and algorithm whose result could depend on who helps. */
const kernels: Record<string, (xs: Float64Array) => unknown> = {
  sum: xs => par(xs).sum(),
  product: xs =>
    par(xs)
      .map(x => 1 + x / 1e18)
      .product(),
  dot: xs =>
    par(xs)
      .zip(xs, (a, b) => a * b)
      .sum(),
  chain: xs =>
    par(xs)
      .map(x => Math.sqrt(Math.abs(x)))
      .filter(x => x > 1)
      .sum(),
  'fold into arrays': xs => {
    const made = par(xs).fold(
      (): number[] => [],
      (a, x) => {
        a.push(x)
        return a
      },
      (a, b) => a.concat(b),
    )
    return [made.length, Array.isArray(made), par(made).sum()]
  },
  'reduce without identity': xs => par(xs).reduce((a, b) => a * 0.5 + b),
  reduce: xs => reduce(xs, (a, b) => Math.hypot(a, b), 0),
  fold: xs =>
    par(xs).fold(
      () => 0,
      (a, x) => a * 0.999 + x,
      (a, b) => a * 0.999 + b,
    ),
  blocks: xs => par(xs).blocks(20_000).sum(),
  'expensive elements': xs =>
    par(xs)
      .take(100)
      .map(x => {
        let y = x
        for (let i = 0; i < 1000; i++) y = Math.sin(y) + x
        return y
      })
      .sum(),
  'min and max': xs => [par(xs).min(), par(xs).max()],
  'minBy and maxBy': xs => [par(xs).minBy(x => x % 7), par(xs).maxBy(x => x % 7)],
  into: xs =>
    par(xs)
      .map(x => x / 3)
      .into(shared.f64(xs.length)),
  toArray: xs =>
    par(xs)
      .filter(x => x > 0)
      .toArray(),
  find: xs => [par(xs).findIndex(x => x > 1e8), par(xs).findLastIndex(x => x < -1e8)],
  groupBy: xs => [...par(xs).groupBy(x => Math.floor(x) & 15)].flat(2),
  countBy: xs => [...par(xs).countBy(x => Math.floor(x) & 15)].flat(),
  'sum of nested sums': xs =>
    par(20)
      .with({ xs })
      .map((k, { xs }) => xs[k]! * k)
      .sum(),
  'scan, inclusive': xs => scan(xs),
  'scan, exclusive, in place': xs => {
    const own = shared.f64(xs)
    return scan(own, { exclusive: true, into: own })
  },
  'sort of f64': xs => sort(shared.f64(xs)),
  'sort of i32': xs => sort(shared.i32(xs)),
  'sort by a comparison': xs => sort(shared.f64(xs.subarray(0, 20_000)), (a, b) => (a % 10) - (b % 10)),
  sortBy: xs => sortBy([...xs.subarray(0, 5000)], x => Math.floor(x) % 10),
  integerSort: xs => {
    const column = shared.f64(xs)
    return [...integerSort(shared.u16(xs), column).subarray(0, 100), ...column]
  },
  pack: xs => pack(xs, x => x > 0),
  partition: xs => partition(xs, x => x > 0).flatMap(part => Array.from(part)),
  unique: xs => unique(shared.i16(xs)),
  histogram: xs => histogram(shared.u8(xs), 256),
  kthSmallest: xs => kthSmallest(xs, 31_337),
  minmax: xs => Object.values(minmax(xs)!),
  search: xs => search(xs.slice().sort(), xs.subarray(0, 2000)),
  shuffle: xs => shuffle(shared.f64(xs), 5),
  randoms: xs => randoms(xs.length, 5),
  transpose: xs => transpose(xs, 125, 400),
  matmul: xs => matmul(xs.subarray(0, 90_00), xs.subarray(0, 90_00), 90, 100, 90),
  stencil: xs => stencil(xs, 400, (g, at, w) => (g[at - w]! + g[at + w]! + g[at - 1]! + g[at + 1]!) / 4, { steps: 3 }),
}

export const names = Object.keys(kernels)

/** A hash of the bits, after FNV-1a, as doubles: all numbers here are exact as such. */
function digest(made: unknown): number {
  const values = typeof made === 'number' ? [made] : (made as ArrayLike<number>)
  const words = new Int32Array(Float64Array.from(values).buffer)
  let hash = 0x811c9dc5
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193) ^ (hash >>> 15)
  return hash >>> 0
}

/** What `times` runs come to: one number if all have the same bits. */
export const bits = task((name: string, xs: Float64Array, times: number): number[] => {
  const seen = new Set<number>()
  for (let i = 0; i < times; i++) seen.add(digest(kernels[name]!(xs)))
  return [...seen]
})
