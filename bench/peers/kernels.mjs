// What the peers' workers run, the same for all: every function takes one argument, because some peers pass only one.

export const next = n => n + 1

/** Busy for as long by the clock, and so no longer where neighbours take the core. */
export function spin(milliseconds) {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
  return milliseconds
}

/** The same, then a tick on a shared counter. */
export function tick({ counter, milliseconds }) {
  spin(milliseconds)
  Atomics.add(counter, 0, 1)
  return milliseconds
}

/** The sum of elements `lo` to `hi`. */
export function sum({ xs, lo, hi }) {
  let a = 0
  for (let i = lo; i < hi; i++) a += xs[i]
  return a
}

/** Pixels `lo` to `hi` of a picture of the Mandelbrot set. */
export function mandelbrot({ out, side, lo, hi }) {
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
  return hi - lo
}

/** The sum of the square roots of the hundred numbers from `n` on: a microsecond or less. */
export function roots(n) {
  let a = 0
  for (let i = 0; i < 100; i++) a += Math.sqrt(n + i)
  return a
}
