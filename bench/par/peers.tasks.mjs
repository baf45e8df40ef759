// Not TypeScript: Node takes types off by WebAssembly, which makes V8 compile anew what it has compiled on that thread,
// and what the peers run needs no such thing.
import { par, task } from 'filch'

export const total = task((/** @type {Float64Array} */ xs) => par(xs).sum())

/** Pixels as of `mandelbrot` of peers/kernels.mjs. */
export const picture = task((/** @type {{ out: Uint8Array, side: number }} */ { out, side }) => {
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
})

/** The sum of what `roots` of peers/kernels.mjs makes of 0 to `count` - 1. */
export const allRoots = task((/** @type {number} */ count) =>
  par(count)
    .map(n => {
      let a = 0
      for (let i = 0; i < 100; i++) a += Math.sqrt(n + i)
      return a
    })
    .sum(),
)
