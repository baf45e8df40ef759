import { PEERS } from '../peers/names.ts'
import type { Bench, Measured, Settings } from '../support/bench.ts'
import { peerVariants } from '../support/peers.ts'
import { inPool } from '../support/pool.ts'
import { tick } from './small.tasks.ts'

/** 95 tasks of 8 ms on two workers need 380 ms. */
const TASKS = 95

/** Gives the tasks, blocks, and counts those that have not ended by then. */
async function block(
  { quick }: Settings,
  give: (counter: Int32Array, ms: number) => Promise<unknown>,
): Promise<Measured> {
  const [tasks, milliseconds] = quick ? [10, 80] : [TASKS, 400]
  const counter = new Int32Array(new SharedArrayBuffer(4))
  await Promise.all([1, 2, 3, 4].map(() => give(counter, 1)))
  Atomics.store(counter, 0, 0)
  const given = Array.from({ length: tasks }, () => give(counter, 8))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
  const left = tasks - Atomics.load(counter, 0)
  await Promise.all(given)
  return { samples: [left] }
}

export const bench: Bench = {
  question: 'Do tasks keep flowing while the main thread is blocked?',
  method:
    'The main thread gives 95 tasks of 8 ms (380 ms of work for each of two workers) and at once blocks for 400 ms in ' +
    'Atomics.wait. Counted: the tasks that have not ended when it wakes. Tasks spin by the clock.',
  unit: 'tasks',
  variants: {
    ours: {
      measure: settings => inPool(2, async pool => block(settings, (counter, ms) => pool.run(tick, counter, ms))),
    },
    ...peerVariants((peer, settings) =>
      block(settings, (counter, milliseconds) => peer.run('tick', { counter, milliseconds })),
    ),
  },
  checks: [
    { what: 'tasks left of 95', of: 'ours', most: 0 },
    { what: 'tasks left of 95', of: 'ours', at: 'worst' },
    ...PEERS.map(name => ({ what: `tasks left of 95, ${name}`, of: name })),
  ],
}
