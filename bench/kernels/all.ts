import { random, shared } from 'filch'

import { blur, gravity, mandelbrot, nearest, product } from './compute.ts'
import type { Kernel } from './kernel.ts'
import { ints, sorting } from './sorting.ts'
import { lineCount, wordCount } from './text.ts'
import { bins, chain, dot, extremes, filter, prefix, scale, sum } from './vectors.ts'

/** A kernel gets the data that it has made itself. */
export function kernelOf(name: string): Kernel {
  const found = all[name]
  if (found === undefined)
    throw new RangeError(`There is no kernel ${name}. There are: ${Object.keys(all).join(', ')}.`)
  return found as unknown as Kernel
}

const all: Readonly<Record<string, unknown>> = {
  sum,
  'a * x + b': scale,
  dot,
  chain,
  'argmin and argmax': extremes,
  histogram: bins,
  scan: prefix,
  pack: filter,
  mandelbrot,
  matmul: product,
  stencil: blur,
  'n-body': gravity,
  'k-means': nearest,
  'line count': lineCount,
  'word count': wordCount,
  'f64, random': sorting(shared.f64, i => random(3, i) * 2e6 - 1e6),
  'f64, sorted': sorting(shared.f64, i => i / 7),
  'f64, few different': sorting(shared.f64, i => Math.floor(random(3, i) * 100)),
  'i32, random': sorting(ints, i => random(3, i) * 4e9 - 2e9),
  'i32, sorted': sorting(ints, i => i),
  'i32, few different': sorting(ints, i => random(3, i) * 100),
}
