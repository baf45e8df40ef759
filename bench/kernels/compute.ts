import { matmul, par, random, shared, stencil } from 'filch'

import type { Kernel } from './kernel.ts'
import { ends, type Vectors, vectors } from './vectors.ts'

/** Loops that compute a lot for each element. */

const noise = (i: number): number => random(i, 1) - 0.25

interface Picture {
  readonly side: number
  readonly out: Uint8Array
}

/** Enough of the pixels to tell whether they are right. */
function some(out: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < out.length; at += 997) sum += out[at]!
  return sum
}

export const mandelbrot: Kernel<Picture> = {
  data: size => ({ side: size, out: shared.u8(size * size) }),
  length: ({ side }) => side * side,
  part({ side, out }, lo, hi) {
    for (let at = lo; at < hi; at++) {
      const cr = -2 + (2.5 * (at % side)) / side
      const ci = -1.25 + (2.5 * Math.floor(at / side)) / side
      let zr = 0
      let zi = 0
      let k = 0
      for (; k < 200; k++) {
        const a = zr * zr
        const b = zi * zi
        if (a + b > 4) break
        zi = 2 * zr * zi + ci
        zr = a - b + cr
      }
      out[at] = k
    }
    return hi === out.length ? some(out) : 0
  },
  combine: (_, right) => right,
  par({ side, out }) {
    par(side * side)
      .with({ side })
      .map((at, { side }) => {
        const cr = -2 + (2.5 * (at % side)) / side
        const ci = -1.25 + (2.5 * Math.floor(at / side)) / side
        let zr = 0
        let zi = 0
        let k = 0
        for (; k < 200; k++) {
          const a = zr * zr
          const b = zi * zi
          if (a + b > 4) break
          zi = 2 * zr * zi + ci
          zr = a - b + cr
        }
        return k
      })
      .into(out)
    return some(out)
  },
}

interface Matrices {
  readonly n: number
  readonly a: Float64Array
  readonly b: Float64Array
  readonly c: Float64Array
}

export const product: Kernel<Matrices> = {
  data: n => ({
    n,
    a: shared.f64(n * n, i => (i % 17) - 8),
    b: shared.f64(n * n, i => (i % 13) - 6),
    c: shared.f64(n * n),
  }),
  length: ({ n }) => n,
  part({ n, a, b, c }, lo, hi) {
    for (let i = lo; i < hi; i++) {
      for (let j = 0; j < n; j++) c[i * n + j] = 0
      for (let k = 0; k < n; k++) {
        const t = a[i * n + k]!
        for (let j = 0; j < n; j++) c[i * n + j]! += t * b[k * n + j]!
      }
    }
    return hi === n ? ends(c) : 0
  },
  par: ({ n, a, b }) => ends(matmul(a, b, n, n, n)),
}

interface Grid {
  readonly side: number
  readonly from: Float64Array
  readonly to: Float64Array
}

export const blur: Kernel<Grid> = {
  data: side => ({ side, from: shared.f64(side * side, i => (i * 7919) % 101), to: shared.f64(side * side) }),
  length: ({ side }) => side - 1,
  part({ side, from, to }, lo, hi) {
    for (let y = Math.max(1, lo); y < hi; y++) {
      for (let at = y * side + 1; at < y * side + side - 1; at++) {
        to[at] = (from[at - 1]! + from[at + 1]! + from[at - side]! + from[at + side]! + 4 * from[at]!) / 8
      }
    }
    return to[side + 1]! + to[side * (side - 2) + 1]!
  },
  combine: (_, right) => right,
  par({ side, from, to }) {
    stencil(from, side, (g, at, w) => (g[at - 1]! + g[at + 1]! + g[at - w]! + g[at + w]! + 4 * g[at]!) / 8, {
      into: to,
    })
    return to[side + 1]! + to[side * (side - 2) + 1]!
  },
}

interface Bodies {
  readonly x: Float64Array
  readonly y: Float64Array
  readonly z: Float64Array
  readonly pull: Float64Array
}

export const gravity: Kernel<Bodies> = {
  data: size => ({
    x: shared.f64(size, noise),
    y: shared.f64(size, i => noise(i + size)),
    z: shared.f64(size, i => noise(i + 2 * size)),
    pull: shared.f64(size),
  }),
  length: ({ x }) => x.length,
  part({ x, y, z, pull }, lo, hi) {
    for (let i = lo; i < hi; i++) {
      let a = 0
      for (let j = 0; j < x.length; j++) {
        const dx = x[j]! - x[i]!
        const dy = y[j]! - y[i]!
        const dz = z[j]! - z[i]!
        a += dx / (dx * dx + dy * dy + dz * dz + 1e-9) ** 1.5
      }
      pull[i] = a
    }
    return hi === x.length ? ends(pull) : 0
  },
  par({ x, y, z, pull }) {
    par(x.length)
      .with({ x, y, z })
      .map((i, { x, y, z }) => {
        let a = 0
        for (let j = 0; j < x.length; j++) {
          const dx = x[j]! - x[i]!
          const dy = y[j]! - y[i]!
          const dz = z[j]! - z[i]!
          a += dx / (dx * dx + dy * dy + dz * dz + 1e-9) ** 1.5
        }
        return a
      })
      .into(pull)
    return ends(pull)
  },
}

interface Points extends Vectors {
  readonly centers: Float64Array
}

/** One step of k-means: for each point the nearest of 16 centres. */
export const nearest: Kernel<Points> = {
  data: size => ({ ...vectors(size), centers: shared.f64(32, i => random(i, 9)) }),
  length: ({ xs }) => xs.length,
  part({ xs, ys, centers }, lo, hi) {
    const sums = new Float64Array(48)
    for (let i = lo; i < hi; i++) {
      let best = 0
      let least = Infinity
      for (let c = 0; c < 16; c++) {
        const dx = xs[i]! - centers[2 * c]!
        const dy = ys[i]! - centers[2 * c + 1]!
        const d = dx * dx + dy * dy
        if (d < least) {
          least = d
          best = c
        }
      }
      sums[3 * best]! += xs[i]!
      sums[3 * best + 1]! += ys[i]!
      sums[3 * best + 2]! += 1
    }
    return sums.reduce((a, b) => a + b, 0)
  },
  par: ({ xs, ys, centers }) =>
    par
      .range(0, xs.length, 8192)
      .with({ xs, ys, centers })
      .map((from, { xs, ys, centers }) => {
        const sums = new Float64Array(48)
        for (let i = from; i < Math.min(xs.length, from + 8192); i++) {
          let best = 0
          let least = Infinity
          for (let c = 0; c < 16; c++) {
            const dx = xs[i]! - centers[2 * c]!
            const dy = ys[i]! - centers[2 * c + 1]!
            const d = dx * dx + dy * dy
            if (d < least) {
              least = d
              best = c
            }
          }
          sums[3 * best]! += xs[i]!
          sums[3 * best + 1]! += ys[i]!
          sums[3 * best + 2]! += 1
        }
        return sums
      })
      .reduce((a, b) => a.map((x, i) => x + b[i]!))
      .reduce((a, b) => a + b, 0),
}
