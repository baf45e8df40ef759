import { setTimeout as sleep } from 'node:timers/promises'

import { type IVar, ivar, type Latch, latch, memory, type Pool, type Task, type Wait } from 'filch'

import type { Bench, Variant } from '../support/bench.ts'
import { expect } from '../support/clock.ts'
import { inPool } from '../support/pool.ts'
import { collect, manyAtIvar, manyAtLatch, manyAtTheirOwn, reachedHere } from './suspended.tasks.ts'

const BAR = 1024

interface Gate<G> {
  make(pool: Pool): G
  open(gate: G): void
}

const LATCH: Gate<Latch> = { make: pool => latch(1, { pool }), open: gate => gate.countDown() }
const IVAR: Gate<IVar<number>> = { make: pool => ivar<number>({ pool }), open: gate => gate.put(1) }

/** Bytes, once all that nobody has was collected: objects of all threads, the pool's shared memory, the process. */
async function taken(pool: Pool): Promise<{ objects: number; shared: number; process: number }> {
  for (let i = 0; i < 2; i++) {
    globalThis.gc!()
    await pool.broadcast(collect)
  }
  const workers = await memory(pool)
  // What lies outside of the heaps is the shared memory, which the engine counts now and then once more.
  const objects = workers.reduce((sum, { heapUsed }) => sum + heapUsed, process.memoryUsage().heapUsed)
  return { objects, shared: workers[0]!.shared, process: process.memoryUsage().rss }
}

function suspending<G>(
  threads: number,
  { make, open }: Gate<G>,
  many: Task<(count: number, gate: G) => Generator<Wait<number>, number>>,
): Variant {
  return {
    flags: ['--expose-gc'],
    limit: 180_000,
    measure: ({ quick }) =>
      inPool(threads, async pool => {
        const count = quick ? 1000 : 1_000_000
        const before = await taken(pool)
        const gate = make(pool)
        const begun = performance.now()
        const sum = pool.run(many, count, gate)
        // A worker answers between jobs: whoever has come to where it waits, waits.
        while ((await pool.broadcast(reachedHere)).reduce((all, here) => all + here) < count) await sleep(10)
        const suspended = performance.now()
        const after = await taken(pool)
        const opened = performance.now()
        open(gate)
        expect(await sum, (count * (count - 1)) / 2)
        const ended = performance.now()
        const each = (what: 'objects' | 'shared' | 'process'): number => (after[what] - before[what]) / count
        return {
          samples: [each('objects') + each('shared')],
          facts: {
            objects: each('objects'),
            shared: each('shared'),
            'of the process': each('process'),
            'us to spawn and suspend': ((suspended - begun) * 1000) / count,
            'us to resume and join': ((ended - opened) * 1000) / count,
          },
        }
      }),
  }
}

export const bench: Bench = {
  question: 'What does a task that waits take of memory?',
  method:
    'A generator task spawns a million generator tasks, each of which waits at one thing. When all of them wait, and all garbage was ' +
    "collected: objects in all threads and the pool's shared memory, less what there was before, for each of them. The task that has " +
    'spawned them keeps their handles, which counts too. Then all go on, and the sum of their results is checked.',
  unit: 'bytes',
  rounds: 1,
  variants: {
    'at one latch, one worker': suspending(1, LATCH, manyAtLatch),
    'at one latch, two workers': suspending(2, LATCH, manyAtLatch),
    'at one ivar, two workers': suspending(2, IVAR, manyAtIvar),
    'each at an ivar of its own, which counts too': suspending(2, IVAR, manyAtTheirOwn),
  },
  checks: [
    { what: 'a suspended task, one worker', of: 'at one latch, one worker', most: BAR },
    { what: 'a suspended task, two workers', of: 'at one latch, two workers', most: BAR },
    { what: 'at an ivar', of: 'at one ivar, two workers', most: BAR },
  ],
}
