import { PEERS } from '../peers/names.ts'
import type { Bench, Measured, Settings } from '../support/bench.ts'
import { time } from '../support/clock.ts'
import { peerVariants } from '../support/peers.ts'
import { inPool } from '../support/pool.ts'
import { busy } from './small.tasks.ts'

/** One long task and forty short ones, together: two workers can be done when the long one is. */
async function mix({ quick }: Settings, give: (milliseconds: number) => Promise<unknown>): Promise<Measured> {
  const lengths = quick ? [40, ...Array.from({ length: 8 }, () => 5)] : [200, ...Array.from({ length: 40 }, () => 5)]
  await Promise.all([1, 1, 1, 1].map(give))
  const samples = await time(quick ? 1 : 5, lengths.length, async () => (await Promise.all(lengths.map(give))).length)
  return { samples }
}

export const bench: Bench = {
  question: 'Does one long task hold up short ones that were given with it?',
  method:
    'One task of 200 ms and forty of 5 ms, given together to two workers, five times: ideally 200 ms. Tasks spin by the clock.',
  unit: 'ms',
  variants: {
    ours: { measure: settings => inPool(2, async pool => mix(settings, ms => pool.run(busy, ms))) },
    ...peerVariants((peer, settings) => mix(settings, ms => peer.run('spin', ms))),
  },
  checks: [
    { what: 'ours (ideal 200)', of: 'ours', most: 210 },
    { what: 'ours (ideal 200)', of: 'ours', at: 'worst' },
    { what: 'ours / best peer', of: 'ours', to: PEERS },
  ],
}
