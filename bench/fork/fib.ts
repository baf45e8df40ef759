import type { Bench, Settings, Variant } from '../support/bench.ts'
import { expect, time, timeSync } from '../support/clock.ts'
import { inPool } from '../support/pool.ts'
import { fib, fibGeneric, plain, plainInWorker } from './fib.tasks.ts'
import { POLLUTION, pollute } from './pollution.tasks.ts'

const size = ({ quick }: Settings): number => (quick ? 24 : 38)
const times = ({ quick }: Settings): number => (quick ? 1 : 3)
/** Every call with n >= 2 forks once. */
const forks = (n: number): number => plain(n + 1) - 1
const ROUNDS_OF_POLLUTION = 200

function ours(threads: number, fn: typeof fib, polluted: boolean): Variant['measure'] {
  return settings =>
    inPool(threads, async pool => {
      const n = size(settings)
      if (polluted) {
        for (const sum of await pool.broadcast(pollute, ROUNDS_OF_POLLUTION))
          expect(sum, POLLUTION * ROUNDS_OF_POLLUTION)
      }
      await pool.run(fn, n - 4)
      const samples = await time(times(settings), plain(n), () => pool.run(fn, n))
      return { samples, operations: forks(n) }
    })
}

/** Makes V8 refuse to compile text, so that all tasks share one pair of fork and join, as under a content security policy. */
const SHARED_PAIR = ['--disallow-code-generation-from-strings']

export const bench: Bench = {
  question: 'What does a fork at every call of the recursive fib(38) cost, and what do two workers gain?',
  method:
    'Three calls in a fresh process after a warm-up with fib(34). "Polluted": twenty other tasks with arguments of other ' +
    'kinds and numbers have run in the same workers before. "Shared pair": V8 may not compile text, so all tasks share one ' +
    'fork and join. "Generic": written with fork(fib, n) and join(forked). The plain recursion is that of a program without filch.',
  unit: 'ms',
  each: 'fork',
  variants: {
    'plain, main thread': {
      measure(settings) {
        const n = size(settings)
        const expected = plain(n)
        return { samples: timeSync(times(settings), expected, () => plain(n)), operations: forks(n) }
      },
    },
    'plain, in a worker': {
      measure: settings =>
        inPool(1, async pool => {
          const n = size(settings)
          return { samples: await pool.run(plainInWorker, n, times(settings), plain(n)), operations: forks(n) }
        }),
    },
    'one worker': { measure: ours(1, fib, false) },
    'one worker, polluted': { measure: ours(1, fib, true) },
    'two workers': { measure: ours(2, fib, false) },
    'two workers, polluted': { measure: ours(2, fib, true) },
    'one worker, shared pair': { measure: ours(1, fib, false), flags: SHARED_PAIR },
    'one worker, shared pair, polluted': { measure: ours(1, fib, true), flags: SHARED_PAIR },
    'one worker, generic': { measure: ours(1, fibGeneric, false) },
    'one worker, generic, polluted': { measure: ours(1, fibGeneric, true) },
  },
  checks: [
    { what: 'plain in a worker / plain on main', of: 'plain, in a worker', to: 'plain, main thread' },
    { what: 'one worker / plain', of: 'one worker', to: 'plain, main thread', most: 1.5 },
    { what: 'one worker, polluted / plain', of: 'one worker, polluted', to: 'plain, main thread', most: 1.5 },
    { what: 'two workers faster than one', of: 'two workers', to: 'one worker', gain: true, least: 1.85 },
    { what: 'two workers faster than plain', of: 'two workers', to: 'plain, main thread', gain: true, least: 1.2 },
    {
      what: 'two, polluted, faster than plain',
      of: 'two workers, polluted',
      to: 'plain, main thread',
      gain: true,
      least: 1.2,
    },
    { what: 'shared pair / plain', of: 'one worker, shared pair', to: 'plain, main thread' },
    {
      what: 'shared pair, polluted / plain',
      of: 'one worker, shared pair, polluted',
      to: 'plain, main thread',
      most: 2.3,
    },
    { what: 'generic / plain', of: 'one worker, generic', to: 'plain, main thread' },
    { what: 'generic, polluted / plain', of: 'one worker, generic, polluted', to: 'plain, main thread' },
  ],
}
