import { par, task } from 'filch'

/** Takes some 10 ns an element. */
const body = (x: number): number => {
  let y = x
  for (let i = 0; i < 4; i++) y = Math.sqrt(y + i)
  return y
}

/** Microseconds of each of `times` sums over `size` elements, by a loop or by filch, when they have been compiled. */
export const small = task((size: number, loop: boolean, times: number): number[] => {
  const xs = Float64Array.from({ length: size }, (_, i) => i)
  const plain = (): number => {
    let a = 0
    for (let i = 0; i < xs.length; i++) a += body(xs[i]!)
    return a
  }
  const ours = (): number =>
    par(xs)
      .map(x => {
        let y = x
        for (let i = 0; i < 4; i++) y = Math.sqrt(y + i)
        return y
      })
      .sum()
  const expected = plain()
  const samples: number[] = []
  for (let i = -Math.max(20, 2e6 / size); i < times; i++) {
    const begun = performance.now()
    const made = loop ? plain() : ours()
    const took = performance.now() - begun
    if (Math.abs(made - expected) > 1e-9 * expected) throw new Error(`${made} and not ${expected}`)
    if (i >= 0) samples.push(took * 1000)
  }
  return samples
})
