import type { Bench, Check, Variant } from '../support/bench.ts'
import { inPool } from '../support/pool.ts'
import { small } from './small.tasks.ts'

const SIZES = [100, 1000, 3000, 10_000, 30_000, 100_000, 1_000_000]
const TIMES = 200

const variants: Record<string, Variant> = {}
const checks: Check[] = []
for (const size of SIZES) {
  const name = size.toLocaleString('en')
  for (const [who, loop, threads] of [
    ['loop', true, 1],
    ['one worker', false, 1],
    ['two workers', false, 2],
  ] as const) {
    variants[`${name}: ${who}`] = {
      measure: ({ quick }) =>
        inPool(threads, async pool => {
          const times = quick ? 5 : Math.min(TIMES, 1e8 / size)
          return { samples: await pool.run(small, size, loop, times), operations: size }
        }),
    }
  }
  checks.push(
    { what: `${name}: one worker / loop`, of: `${name}: one worker`, to: `${name}: loop`, most: 1.1 },
    { what: `${name}: two workers / loop`, of: `${name}: two workers`, to: `${name}: loop`, most: 1.1 },
  )
}

export const bench: Bench = {
  question: 'From how many elements of some 10 ns do two workers win, and what does filch cost below?',
  method:
    'A sum over so many elements with four square roots each, over an ordinary typed array, two hundred times in a fresh process after it has been compiled. ' +
    'The chain is written out anew at each call, as a program would.',
  unit: 'us',
  each: 'element',
  rounds: 2,
  variants,
  checks,
}
