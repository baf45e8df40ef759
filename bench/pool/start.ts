import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { load } from '../peers/load.mjs'
import { FLAGS, openPeer } from '../peers/open.ts'
import { type PeerName, PEERS } from '../peers/names.ts'
import type { Bench, Measured, Variant } from '../support/bench.ts'
import { expect } from '../support/clock.ts'

/** Imports nothing of ours before the clock runs. */
function starting(threads: number): Variant {
  return {
    async measure(): Promise<Measured> {
      const begun = performance.now()
      const { Pool } = await import('filch')
      const { next } = await import('./start.tasks.mjs')
      const imported = performance.now()
      const pool = new Pool({ threads })
      expect(await pool.run(next, 1), 2)
      const sample = performance.now() - imported
      await pool.close()
      return { samples: [sample], facts: { 'import, ms': imported - begun } }
    },
  }
}

function peer(name: PeerName, threads: number): Variant {
  return {
    peer: name,
    flags: FLAGS[name] ?? [],
    async measure() {
      const begun = performance.now()
      await load(name)
      const imported = performance.now()
      const pool = await openPeer(name, threads)
      expect(await pool.run('next', 1), 2)
      const sample = performance.now() - imported
      void pool.close()
      return { samples: [sample], facts: { 'import, ms': imported - begun } }
    },
  }
}

const LEAST = `require('node:worker_threads').parentPort.postMessage(2)`

export const bench: Bench = {
  question: 'How long from a new pool to its first result?',
  method:
    'Once in a fresh process, after the library and the module of tasks have been imported by the main thread. The bare ' +
    'thread posts one message and has nothing to import.',
  unit: 'ms',
  variants: {
    'a bare thread': {
      async measure() {
        const begun = performance.now()
        const thread = new Worker(LEAST, { eval: true })
        const [value] = (await once(thread, 'message')) as [number]
        const sample = performance.now() - begun
        expect(value, 2)
        return { samples: [sample] }
      },
    },
    'ours, one thread': starting(1),
    'ours, two threads': starting(2),
    'piscina, one thread': peer('piscina', 1),
    ...Object.fromEntries(PEERS.map(name => [`${name}, two threads`, peer(name, 2)])),
  },
  checks: [
    { what: 'one thread / a bare thread', of: 'ours, one thread', to: 'a bare thread' },
    { what: 'one thread / piscina', of: 'ours, one thread', to: 'piscina, one thread' },
    { what: 'two threads / piscina', of: 'ours, two threads', to: 'piscina, two threads' },
    { what: 'two threads / best peer', of: 'ours, two threads', to: PEERS.map(name => `${name}, two threads`) },
  ],
}
