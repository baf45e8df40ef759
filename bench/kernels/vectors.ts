import { histogram, minmax, pack, par, scan, shared } from 'filch'

import type { Kernel } from './kernel.ts'

/** Loops that wait for memory more than they compute. */

export interface Vectors {
  readonly xs: Float64Array
  readonly ys: Float64Array
}

export const vectors = (size: number): Vectors => {
  const xs = shared.f64(size)
  const ys = shared.f64(size)
  for (let i = 0; i < size; i++) {
    xs[i] = ((i * 7919) % 10_007) / 10_007
    ys[i] = ((i * 104_729) % 1009) / 1009
  }
  return { xs, ys }
}

export const ends = (ys: Float64Array): number => ys[0]! + ys[ys.length >> 1]! + ys[ys.length - 1]!
const vectorLength = ({ xs }: Vectors): number => xs.length

export const sum: Kernel<Vectors> = {
  data: vectors,
  length: vectorLength,
  part({ xs }, lo, hi) {
    let a = 0
    for (let i = lo; i < hi; i++) a += xs[i]!
    return a
  },
  par: ({ xs }) => par(xs).sum(),
}

export const scale: Kernel<Vectors> = {
  data: vectors,
  length: vectorLength,
  part({ xs, ys }, lo, hi) {
    for (let i = lo; i < hi; i++) ys[i] = 3 * xs[i]! + 1
    return ends(ys)
  },
  combine: (_, right) => right,
  par({ xs, ys }) {
    par(xs)
      .map(x => 3 * x + 1)
      .into(ys)
    return ends(ys)
  },
}

export const dot: Kernel<Vectors> = {
  data: vectors,
  length: vectorLength,
  part({ xs, ys }, lo, hi) {
    let a = 0
    for (let i = lo; i < hi; i++) a += xs[i]! * ys[i]!
    return a
  },
  par: ({ xs, ys }) =>
    par(xs)
      .zip(ys, (x, y) => x * y)
      .sum(),
}

export const chain: Kernel<Vectors> = {
  data: vectors,
  length: vectorLength,
  part({ xs }, lo, hi) {
    let a = 0
    for (let i = lo; i < hi; i++) {
      const y = xs[i]! * 3
      if (y > 1) a += y
    }
    return a
  },
  par: ({ xs }) =>
    par(xs)
      .map(x => x * 3)
      .filter(x => x > 1)
      .sum(),
}

export const extremes: Kernel<Vectors> = {
  data: vectors,
  length: vectorLength,
  part({ xs }, lo, hi) {
    let min = Infinity
    let max = -Infinity
    let minAt = -1
    let maxAt = -1
    for (let i = lo; i < hi; i++) {
      const x = xs[i]!
      if (x < min) {
        min = x
        minAt = i
      }
      if (x > max) {
        max = x
        maxAt = i
      }
    }
    return minAt + maxAt
  },
  combine: left => left,
  par({ xs }) {
    const { minAt, maxAt } = minmax(xs)!
    return minAt + maxAt
  },
}

export const bins: Kernel<{ readonly xs: Uint8Array }> = {
  data(size) {
    const xs = shared.u8(size)
    for (let i = 0; i < size; i++) xs[i] = i * 7919
    return { xs }
  },
  length: ({ xs }) => xs.length,
  part({ xs }, lo, hi) {
    const counts = new Uint32Array(256)
    for (let i = lo; i < hi; i++) counts[xs[i]!]!++
    return counts[7]!
  },
  par: ({ xs }) => histogram(xs, 256)[7]!,
}

export const prefix: Kernel<Vectors> = {
  data: vectors,
  length: vectorLength,
  part({ xs, ys }, lo, hi) {
    let a = 0
    for (let i = lo; i < hi; i++) ys[i] = a += xs[i]!
    return hi === xs.length ? ys[hi - 1]! : 0
  },
  // One pass of each half, then what lies before is added to the upper one.
  after({ ys }, middle) {
    const before = ys[middle - 1]!
    for (let i = middle; i < ys.length; i++) ys[i]! += before
    return ys[ys.length - 1]!
  },
  par: ({ xs, ys }) => scan(xs, { into: ys }).at(-1)!,
}

export const filter: Kernel<Vectors> = {
  data: vectors,
  length: vectorLength,
  part({ xs, ys }, lo, hi) {
    let at = lo
    for (let i = lo; i < hi; i++) if (xs[i]! > 0.5) ys[at++] = xs[i]!
    return at - lo
  },
  // What the upper half has kept follows what the lower one has.
  after({ ys }, middle, left, right) {
    ys.copyWithin(left, middle, middle + right)
    return left + right
  },
  par: ({ xs, ys }) => pack(xs, x => x > 0.5, { into: ys }).length,
}
