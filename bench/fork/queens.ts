import type { Bench, Settings, Variant } from '../support/bench.ts'
import { time, timeSync } from '../support/clock.ts'
import { inPool } from '../support/pool.ts'
import { countPlacements, plain, plainInWorker, queens, queensButLast } from './queens.tasks.ts'

const board = ({ quick }: Settings): number => (1 << (quick ? 8 : 12)) - 1
const times = ({ quick }: Settings): number => (quick ? 2 : 15)

function ours(threads: number, fn: typeof queens): Variant['measure'] {
  return settings =>
    inPool(threads, async pool => {
      const full = board(settings)
      const expected = plain(full, 0, 0, 0)
      await time(5, expected, () => pool.run(fn, full, 0, 0, 0))
      const samples = await time(times(settings), expected, () => pool.run(fn, full, 0, 0, 0))
      return { samples, operations: countPlacements(full) }
    })
}

export const bench: Bench = {
  question: 'What does a fork at every placement of the 12 queens cost, on an unbalanced tree with rows of many forks?',
  method:
    'Fifteen calls in a fresh process after five to warm up. Every placement is forked, the last one tried at each row ' +
    'included; "all but the last" calls that one instead. The plain recursion is the usual loop over a row.',
  unit: 'ms',
  each: 'placement',
  variants: {
    'plain, main thread': {
      measure(settings) {
        const full = board(settings)
        const expected = plain(full, 0, 0, 0)
        for (let i = 0; i < 5; i++) plain(full, 0, 0, 0)
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
    'one worker, all but the last': { measure: ours(1, queensButLast) },
    'two workers, all but the last': { measure: ours(2, queensButLast) },
  },
  checks: [
    { what: 'one worker / plain', of: 'one worker', to: 'plain, main thread', most: 1.6 },
    { what: 'two workers faster than plain', of: 'two workers', to: 'plain, main thread', gain: true, least: 1.2 },
    { what: 'two workers faster than one', of: 'two workers', to: 'one worker', gain: true },
    { what: 'all but the last, one / plain', of: 'one worker, all but the last', to: 'plain, main thread' },
    { what: 'all but the last, two faster', of: 'two workers, all but the last', to: 'plain, main thread', gain: true },
  ],
}
