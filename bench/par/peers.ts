import type { Pool } from 'filch'

import { mandelbrot } from '../kernels/compute.ts'
import { vectors } from '../kernels/vectors.ts'
import { roots } from '../peers/kernels.mjs'
import { PEERS } from '../peers/names.ts'
import type { Peer } from '../peers/open.ts'
import type { Bench, Check, Settings, Variant } from '../support/bench.ts'
import { expectNear, samplesWarm } from '../support/clock.ts'
import { peerVariants } from '../support/peers.ts'
import { inPool } from '../support/pool.ts'
import { allRoots, picture, total } from './peers.tasks.mjs'

/** One computation: what it should come to, by us, and by a peer. */
interface Case {
  readonly least: number
  prepare(settings: Settings): Prepared
}

interface Prepared {
  readonly expected: number
  ours(pool: Pool): Promise<number>
  /** Cut for two threads as its manual would have it. */
  theirs(peer: Peer): Promise<number>
}

/** `count` parts of a range of `length`. */
const parts = (length: number, count: number): { lo: number; hi: number }[] =>
  Array.from({ length: count }, (_, i) => ({
    lo: Math.floor((length * i) / count),
    hi: Math.floor((length * (i + 1)) / count),
  }))

const added = (sums: readonly unknown[]): number => sums.reduce((a: number, b) => a + Number(b), 0)

const cases: Record<string, Case> = {
  sum: {
    least: 1,
    prepare({ quick }) {
      const { xs } = vectors(quick ? 1e5 : 5e7)
      return {
        expected: xs.reduce((a, b) => a + b, 0),
        ours: pool => pool.run(total, xs),
        theirs: async peer =>
          added(await Promise.all(parts(xs.length, 2).map(part => peer.run('sum', { xs, ...part })))),
      }
    },
  },
  mandelbrot: {
    least: 1,
    prepare({ quick }) {
      const data = mandelbrot.data(quick ? 64 : 2048)
      const { out, side } = data
      const length = mandelbrot.length(data)
      return {
        expected: mandelbrot.part(data, 0, length),
        async ours(pool) {
          out.fill(0)
          await pool.run(picture, data)
          return mandelbrot.part(data, length, length)
        },
        // Bands, since some of them take long: whoever is done with one takes the next.
        async theirs(peer) {
          out.fill(0)
          await Promise.all(parts(length, 32).map(part => peer.run('mandelbrot', { out, side, ...part })))
          return mandelbrot.part(data, length, length)
        },
      }
    },
  },
  roots: {
    least: 10,
    prepare({ quick }) {
      const count = quick ? 200 : 10_000
      return {
        expected: Array.from({ length: count }, (_, n) => roots(n)).reduce((a, b) => a + b, 0),
        ours: pool => pool.run(allRoots, count),
        theirs: async peer => added(await Promise.all(Array.from({ length: count }, (_, n) => peer.run('roots', n)))),
      }
    },
  },
}

function times(run: () => Promise<number>, expected: number, { quick }: Settings): Promise<number[]> {
  return samplesWarm(quick ? 1 : 5, 3, async () => {
    const begun = performance.now()
    const made = await run()
    const took = performance.now() - begun
    expectNear(made, expected, 'the result')
    return took
  })
}

const variants: Record<string, Variant> = {}
const checks: Check[] = []
for (const [name, { least, prepare }] of Object.entries(cases)) {
  const ours = `${name}: filch`
  variants[ours] = {
    measure: settings =>
      inPool(2, async pool => {
        const { expected, ours } = prepare(settings)
        return { samples: await times(() => ours(pool), expected, settings) }
      }),
  }
  const theirs = peerVariants(async (peer, settings) => {
    const { expected, theirs } = prepare(settings)
    return { samples: await times(() => theirs(peer), expected, settings) }
  })
  for (const [peer, variant] of Object.entries(theirs)) variants[`${name}: ${peer}`] = variant
  checks.push({
    what: `${name}: faster than the best peer`,
    of: ours,
    to: PEERS.map(peer => `${name}: ${peer}`),
    gain: true,
    least,
  })
}

export const bench: Bench = {
  question: 'How do loops compare with those of the JavaScript pools, cut by hand as these need it?',
  method:
    'From the main thread to its result, two threads each, five times after half a second, and three runs, to warm up. Sum: 50 million numbers in shared memory, two halves for the peers. ' +
    'Mandelbrot: 2048 x 2048 pixels in shared memory, 32 bands for the peers. Roots: 10,000 times a hundred square roots, a task for each for the peers.',
  unit: 'ms',
  rounds: 2,
  variants,
  checks,
}
