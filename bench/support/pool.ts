import { setTimeout as sleep } from 'node:timers/promises'

import { Pool, type PoolOptions } from 'filch'

import type { Measured } from './bench.ts'

/** Measures in a pool of its own, closes it, and adds what the pool counted in its life. */
export async function inPool(
  threads: number,
  measure: (pool: Pool) => Promise<Measured>,
  options: PoolOptions = {},
): Promise<Measured> {
  const pool = new Pool({ ...options, threads })
  try {
    const measured = await measure(pool)
    // A worker writes its counts down after it has delivered its result.
    await sleep(5)
    const { published, steals } = pool.stats()
    return { ...measured, facts: { ...measured.facts, published, steals } }
  } finally {
    await pool.close()
  }
}
