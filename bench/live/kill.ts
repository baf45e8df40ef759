import { type Handle, KilledError, type Pool } from 'filch'

import type { Bench, Variant } from '../support/bench.ts'
import { expect, samplesWarm } from '../support/clock.ts'
import { arrived, gate, open } from '../support/gate.ts'
import { inPool } from '../support/pool.ts'
import { sitSilently } from './blocking.tasks.ts'
import { late, looking, runaway, waiting } from './kill.tasks.ts'

/** Milliseconds from the kill until who awaits the task has its error. */
async function kill(handle: Handle<unknown>, force = false): Promise<number> {
  const joined = Promise.resolve(handle)
  const begun = performance.now()
  handle.kill('enough', { force })
  const error: unknown = await joined.then(String, (thrown: unknown) => thrown)
  const ms = performance.now() - begun
  if (!(error instanceof KilledError)) throw new Error(`a task that was killed came to ${String(error)}`)
  return ms
}

const begun =
  (start: (pool: Pool, cells: Int32Array) => Handle<unknown>, force = false) =>
  async (pool: Pool): Promise<number> => {
    const cells = gate()
    const handle = start(pool, cells)
    await arrived(cells, 1)
    return kill(handle, force)
  }

async function queued(pool: Pool): Promise<number> {
  const cells = gate()
  const holds = pool.spawnWith({ on: 0 }, sitSilently, cells)
  await arrived(cells, 1)
  const ms = await kill(pool.spawnWith({ on: 0 }, late, cells))
  open(cells)
  await holds
  expect(cells[1], 1)
  return ms
}

/** A pool of one worker, beside the thread that kills and awaits. */
const killing = (one: (pool: Pool) => Promise<number>, times: number): Variant => ({
  measure: ({ quick }) =>
    inPool(1, async pool => ({ samples: await samplesWarm(quick ? 5 : times, 5, () => one(pool)) })),
})

export const bench: Bench = {
  question: 'How soon does a joiner know that a task was killed?',
  method:
    'The main thread spawns a task on a pool of one worker, waits until it is where the row says, kills it and awaits it; the time from the kill to the ' +
    'error, after half a second of the same: V8 compiles the whole path at its 510th use, which takes it 10 ms once. Running tasks look every 0.1 ms whether they must stop; the runaway looks never and is killed by force, which ends its thread.',
  unit: 'ms',
  variants: {
    queued: killing(queued, 400),
    running: killing(
      begun((pool, cells) => pool.spawn(looking, cells)),
      400,
    ),
    suspended: killing(
      begun((pool, cells) => pool.spawn(waiting, cells)),
      400,
    ),
    'runaway, by force': killing(
      begun((pool, cells) => pool.spawn(runaway, cells), true),
      100,
    ),
  },
  checks: [
    { what: 'queued', of: 'queued', most: 1 },
    { what: 'queued', of: 'queued', at: 'p99', most: 1 },
    { what: 'running, from its next look', of: 'running', most: 1.1 },
    { what: 'running, from its next look', of: 'running', at: 'p99', most: 1.1 },
    { what: 'suspended', of: 'suspended', most: 1 },
    { what: 'suspended', of: 'suspended', at: 'p99', most: 1 },
    { what: 'runaway, by force', of: 'runaway, by force', most: 100 },
    { what: 'runaway, by force', of: 'runaway, by force', at: 'worst', most: 100 },
  ],
}
