import { par, task } from 'filch'

import { expectNear, warmth } from '../support/clock.ts'
import { kernelOf } from './all.ts'

/** Who does the work. */
export type How = 'loop' | 'halves' | 'filch'

/** Milliseconds by the clock, and of all cores of this process together, which neighbours hardly disturb. */
export interface Sample {
  readonly wall: number
  readonly cpu: number
}

/**
 * Each of `times` runs of a kernel, after it has been compiled; what it comes to must be what the loop comes to.
 */
export const measure = task((name: string, how: How, size: number, times: number): Sample[] => {
  const kernel = kernelOf(name)
  const data = kernel.data(size)
  // What a sort works on is overwritten by it.
  const { from, xs } = data as { from?: Float64Array; xs?: Float64Array }
  const reset = (): void => {
    if (name.includes('f64') || name.includes('i32')) xs!.set(from!)
  }
  const length = kernel.length(data)
  reset()
  const expected = kernel.part(data, 0, length)
  if (how === 'filch') for (const other of others) other()
  else
    for (let i = 0; i < 50; i++)
      if (from === undefined || xs === undefined) kernel.part(data, 0, Math.ceil(length / 500))

  const samples: Sample[] = []
  const isWarm = warmth(2)
  while (samples.length < times) {
    reset()
    const counts = isWarm()
    const before = process.cpuUsage()
    const begun = performance.now()
    const made = how === 'loop' ? kernel.part(data, 0, length) : how === 'filch' ? kernel.par(data) : halves(name, data)
    const wall = performance.now() - begun
    const { user, system } = process.cpuUsage(before)
    expectNear(made, expected, name)
    if (counts) samples.push({ wall, cpu: (user + system) / 1000 })
  }
  return samples
})

/** One fork, cut in the middle: what two threads can reach that do nothing but the loop. */
function halves(name: string, data: object): number {
  const kernel = kernelOf(name)
  const length = kernel.length(data)
  const middle = length >> 1
  const upper = half.fork(name, data, middle, length)
  const left = kernel.part(data, 0, middle)
  const right = half.join(upper)
  if (kernel.after !== undefined) return kernel.after(data, middle, left, right)
  return kernel.combine === undefined ? left + right : kernel.combine(left, right)
}

const half = task((name: string, data: object, lo: number, hi: number): number => kernelOf(name).part(data, lo, hi))

const XS = Array.from({ length: 2000 }, (_, i) => i)
/** Twelve chains with other bodies, sources and ends, which V8 has seen before it sees the one that is measured. */
const others: readonly (() => unknown)[] = [
  () =>
    par(XS)
      .map(x => x + 1)
      .sum(),
  () =>
    par(XS)
      .map(x => `${x}`)
      .toArray(),
  () =>
    par(2000)
      .map(x => x * 0.5)
      .max(),
  () =>
    par(2000)
      .filter(x => x % 2 === 0)
      .count(),
  () =>
    par(Float32Array.from(XS))
      .map(x => x - 1)
      .sum(),
  () =>
    par(Int32Array.from(XS))
      .map(x => ({ x }))
      .find(({ x }) => x === 1999),
  () =>
    par(Float64Array.from(XS))
      .map(x => x / 3)
      .sum(),
  () =>
    par(Float64Array.from(XS))
      .filter(x => x > 3)
      .product(),
  () =>
    par(Float64Array.from(XS))
      .map((x, i) => x * i)
      .reduce((a, b) => Math.max(a, b), 0),
  () =>
    par(Uint8Array.from(XS))
      .flatMap(x => [x, x])
      .count(),
  () => par(XS).minBy(x => -x),
  () =>
    par(Float64Array.from(XS))
      .zip(XS, (a, b) => a - b)
      .every(x => x === 0),
]
