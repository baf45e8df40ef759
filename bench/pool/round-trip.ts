import { PEERS } from '../peers/names.ts'
import type { Bench, Settings, Variant } from '../support/bench.ts'
import { expect } from '../support/clock.ts'
import { latencies } from '../support/micro.ts'
import { Partner } from '../support/partner.ts'
import { peerVariants } from '../support/peers.ts'
import { inPool } from '../support/pool.ts'
import type { Mode } from '../threads/pong.ts'
import { next } from './small.tasks.ts'

const calls = ({ quick }: Settings): number => (quick ? 200 : 5000)
const microseconds = (milliseconds: readonly number[]): number[] => milliseconds.map(ms => ms * 1000)

function run(threads: number): Variant {
  return {
    measure: settings =>
      inPool(threads, async pool => ({
        samples: microseconds(await latencies(calls(settings), async () => expect(await pool.run(next, 1), 2))),
      })),
  }
}

function raw(mode: Mode, ask: (partner: Partner) => unknown): Variant {
  return {
    async measure(settings) {
      const partner = await Partner.start(mode)
      const samples = microseconds(await latencies(calls(settings), () => ask(partner)))
      await partner.stop()
      return { samples }
    },
  }
}

export const bench: Bench = {
  question: 'How long does the main thread wait for the result of a trivial task, one at a time, on a warm pool?',
  method:
    'Five thousand calls by tinybench in a fresh process, after 1,250 to warm up, each awaited before the next. "Raw" are two ' +
    'threads without any library that take turns on one word: main blocks, awaits, or exchanges messages.',
  unit: 'us',
  variants: {
    'raw wait/notify': raw('block', partner => partner.ask()),
    'raw waitAsync': raw('block', partner => partner.askAsync()),
    'raw postMessage': raw('message', partner => partner.askByMessage()),
    'run, one worker': run(1),
    'run, two workers': run(2),
    ...peerVariants(async (peer, settings) => ({
      samples: microseconds(await latencies(calls(settings), async () => expect(await peer.run('next', 1), 2))),
    })),
  },
  checks: [
    { what: 'run, one worker / raw wait/notify', of: 'run, one worker', to: 'raw wait/notify', most: 2 },
    { what: 'run, two workers / raw wait/notify', of: 'run, two workers', to: 'raw wait/notify', most: 2 },
    { what: 'run, two workers / raw wait/notify', of: 'run, two workers', to: 'raw wait/notify', at: 'p99' },
    { what: 'run, two workers / raw waitAsync', of: 'run, two workers', to: 'raw waitAsync' },
    { what: 'run, two workers / best peer', of: 'run, two workers', to: PEERS, most: 1 },
    { what: 'run, two workers / best peer', of: 'run, two workers', to: PEERS, at: 'p99', most: 1 },
  ],
}
