import type { Bench, Settings, Variant } from '../support/bench.ts'
import { spin } from '../support/clock.ts'
import { Partner } from '../support/partner.ts'
import { inPool } from '../support/pool.ts'
import { steals } from './steal.tasks.ts'

const rounds = ({ quick }: Settings): number => (quick ? 20 : 1000)
/** Milliseconds without work before each fork: the thief still looks, or it sleeps. */
const AWAKE = 0.02
const ASLEEP = 2

function stealing(rest: number): Variant {
  return {
    measure: settings =>
      inPool(2, async pool => {
        const times = new BigInt64Array(new SharedArrayBuffer(8))
        const fate = new Int32Array(new SharedArrayBuffer(4))
        await pool.run(steals, times, fate, Math.ceil(rounds(settings) / 5), rest)
        const samples = await pool.run(steals, times, fate, rounds(settings), rest)
        const stolen = samples.filter(sample => sample >= 0)
        // A fork that nobody steals while its owner works on is a failure of the scheduler, not a sample.
        return { samples: stolen.map(ns => ns / 1000), facts: { 'not stolen': samples.length - stolen.length } }
      }),
  }
}

function raw(mode: 'block' | 'spin', rest: number): Variant {
  return {
    async measure(settings) {
      const partner = await Partner.start(mode)
      const samples: number[] = []
      for (let i = 0; i < rounds(settings) * 1.2; i++) {
        spin(rest)
        samples.push(partner.oneWay() / 1000)
      }
      await partner.stop()
      return { samples: samples.slice(-rounds(settings)) }
    },
  }
}

export const bench: Bench = {
  question: 'How long after a fork does it start on a worker that has nothing to do?',
  method:
    'One task forks another with two shared arrays as arguments and watches, without joining, for its start: process.hrtime ' +
    'just before the fork and at the start, one clock for all threads, 1,000 times. The thief has had nothing to do for ' +
    '20 us (awake: it still looks) or 2 ms (asleep: it is woken). "Raw" is one word between two threads without a library.',
  unit: 'us',
  variants: {
    'raw, spinning': raw('spin', AWAKE),
    'raw, blocked': raw('block', ASLEEP),
    'thief awake': stealing(AWAKE),
    'thief asleep': stealing(ASLEEP),
  },
  checks: [
    { what: 'thief awake / raw, spinning', of: 'thief awake', to: 'raw, spinning' },
    { what: 'thief asleep / raw, blocked', of: 'thief asleep', to: 'raw, blocked' },
    { what: 'thief asleep / raw, blocked', of: 'thief asleep', to: 'raw, blocked', at: 'p99' },
  ],
}
