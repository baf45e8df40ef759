import { task } from 'filch'

import { expect, spin } from '../support/clock.ts'

export const tiny = task((n: number): number => {
  if (n < 2) return n
  const right = tiny.fork(n - 2)
  return tiny(n - 1) + tiny.join(right)
})

export const coarse = task((milliseconds: number): number => spin(milliseconds))

/** Numbers from 0 below 1, the same at every run (Lehmer, 1951). */
function random(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

/** What comes before the two coarse tasks: nothing, or one of two bursts of tiny forks, of random length. */
function burst(next: () => number): void {
  if (next() < 0.5) tiny(2 + Math.floor(next() * 20))
  else for (let i = Math.floor(next() * 2000); i > 0; i--) expect(tiny.join(tiny.fork(1)), 1)
}

/**
 * Rounds of a burst, then two coarse tasks side by side, one forked and one called: milliseconds of each pair.
 * If the fork stays invisible to the other worker, the pair takes twice as long.
 */
export const pairs = task((bursts: boolean, rounds: number, milliseconds: number): number[] => {
  const next = random(20_261_121)
  const samples: number[] = []
  for (let i = 0; i < rounds; i++) {
    if (bursts) burst(next)
    const begun = performance.now()
    const other = coarse.fork(milliseconds)
    coarse(milliseconds)
    coarse.join(other)
    samples.push(performance.now() - begun)
  }
  return samples
})
