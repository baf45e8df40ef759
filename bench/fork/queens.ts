import type { Bench, Settings, Variant } from '../support/bench.ts'
import { time, timeSync } from '../support/clock.ts'
import { inPool } from '../support/pool.ts'
import { countPlacements, plain, plainInWorker, queens, queensAll } from './queens.tasks.ts'

const board = ({ quick }: Settings): number => (1 << (quick ? 8 : 12)) - 1
const times = ({ quick }: Settings): number => (quick ? 2 : 25)
/** Each worker compiles for itself. */
const WARM_UP = 20

function ours(threads: number, fn: typeof queens): Variant['measure'] {
  return settings =>
    inPool(threads, async pool => {
      const full = board(settings)
      const expected = plain(full, 0, 0, 0)
      const [first] = await time(WARM_UP, expected, () => pool.run(fn, full, 0, 0, 0))
      const samples = await time(times(settings), expected, () => pool.run(fn, full, 0, 0, 0))
      return { samples, operations: countPlacements(full), facts: { 'first, ms': first! } }
    })
}

export const bench: Bench = {
  question: 'What does a fork at every placement of the 12 queens cost, on an unbalanced tree with rows of many forks?',
  method:
    'Twenty-five calls in a fresh process after twenty to warm up. Every placement is forked but the last one tried at each row, ' +
    'which is called, as in the Rayon program that this is held against; "last too" forks that one as well, only to join it ' +
    'at once. The plain recursion is the usual loop over a row.',
  unit: 'ms',
  each: 'placement',
  variants: {
    'plain, main thread': {
      measure(settings) {
        const full = board(settings)
        const expected = plain(full, 0, 0, 0)
        for (let i = 0; i < WARM_UP; i++) plain(full, 0, 0, 0)
        const samples = timeSync(times(settings), expected, () => plain(full, 0, 0, 0))
        return { samples, operations: countPlacements(full) }
      },
    },
    'plain, in a worker': {
      measure: settings =>
        inPool(1, async pool => {
          const full = board(settings)
          const samples = await pool.run(plainInWorker, full, times(settings), plain(full, 0, 0, 0))
          return { samples, operations: countPlacements(full) }
        }),
    },
    'one worker': { measure: ours(1, queens) },
    'two workers': { measure: ours(2, queens) },
    'one worker, last too': { measure: ours(1, queensAll) },
    'two workers, last too': { measure: ours(2, queensAll) },
  },
  checks: [
    { what: 'one worker / plain', of: 'one worker', to: 'plain, main thread', most: 1.6 },
    { what: 'two workers faster than plain', of: 'two workers', to: 'plain, main thread', gain: true, least: 1.2 },
    { what: 'two workers faster than one', of: 'two workers', to: 'one worker', gain: true },
    { what: 'last too, one worker / plain', of: 'one worker, last too', to: 'plain, main thread', most: 1.6 },
    {
      what: 'last too, two workers faster than plain',
      of: 'two workers, last too',
      to: 'plain, main thread',
      gain: true,
      least: 1.2,
    },
  ],
}
