import { matmul, minmax, pack, par, random, randoms, scan, search, shuffle, task, transpose } from 'filch'

export const scanned = task((xs: Float64Array, how: 'sum' | 'exclusive' | 'max' | 'self'): Float64Array => {
  if (how === 'exclusive') return scan(xs, { exclusive: true })
  if (how === 'max') return scan(xs, { op: (a, b) => Math.max(a, b), identity: -Infinity })
  return how === 'self' ? scan(xs, { into: xs }) : scan(xs)
})

export const failedScan = task((xs: Float64Array) =>
  scan(xs, {
    op: (a, b) => {
      if (b === -1) throw new RangeError('minus one')
      return a + b
    },
    identity: 0,
  }),
)

export const packed = task((xs: Float64Array) => pack(xs, (x, i) => x > 0 && i % 3 !== 0))
export const extremes = task((xs: Float64Array) => minmax(xs))
export const found = task((xs: Float64Array, values: Float64Array) => search(xs, values))
export const turned = task((xs: Float64Array, rows: number, columns: number) => transpose(xs, rows, columns))
export const product = task((a: Float64Array, b: Float64Array, rows: number, inner: number, columns: number) =>
  matmul(a, b, rows, inner, columns),
)
export const shuffled = task((xs: Float64Array, seed: number) => shuffle(xs, seed))
export const drawn = task((length: number, seed: number) => randoms(length, seed))
export const draw = task((index: number, { seed }: { readonly seed: number }) => random(seed, index))
export const mean = task((count: number, seed: number) => par(count).with({ seed }).map(draw).sum() / count)
