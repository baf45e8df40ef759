import { migrated, task } from 'filch'

import { spin } from '../support/clock.ts'

/** Words: what has become of the fork. */
const FATE = 0
const NOTHING = 0
const STOLEN = 1
const KEPT = 2
/** After that many ms without a thief, the owner joins. */
const PATIENCE = 50

export const start = task((times: BigInt64Array, fate: Int32Array): void => {
  times[0] = process.hrtime.bigint()
  Atomics.store(fate, FATE, migrated() ? STOLEN : KEPT)
})

/**
 * Forks a task, does not join it, and watches for its start on another worker: nanoseconds from just before the fork to that
 * moment, and -1 where nobody came. `rest` is how many ms the other worker has had nothing to do before: it looks for work
 * for a while, then sleeps.
 */
export const steals = task((times: BigInt64Array, fate: Int32Array, rounds: number, rest: number): number[] => {
  const samples: number[] = []
  for (let i = 0; i < rounds; i++) {
    spin(rest)
    Atomics.store(fate, FATE, NOTHING)
    const forked = process.hrtime.bigint()
    const started = start.fork(times, fate)
    for (const end = performance.now() + PATIENCE; Atomics.load(fate, FATE) === NOTHING && performance.now() < end;);
    start.join(started)
    samples.push(fate[FATE] === STOLEN ? Number(times[0]! - forked) : -1)
  }
  return samples
})
