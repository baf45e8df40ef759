import { readdirSync } from 'node:fs'

import { Pool, PoolClosedError, WorkerLostError } from 'filch'

import { add, busy, fib } from '../pool/basic.tasks.ts'
import { exit } from '../pool/life.tasks.ts'
import { type Part, pick, random, type Random, type Rounds } from './part.ts'

/** Pools of a round, which live at the same time. */
const POOLS = 10

/** Threads, files and listeners of this process. */
function held(): readonly number[] {
  const linux = process.platform === 'linux'
  return [
    linux ? readdirSync('/proc/self/task').length : 0,
    linux ? readdirSync('/proc/self/fd').length : 0,
    process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
  ]
}

/** Pools that are made, used and ended in every order: each promise settles, and nothing is left. */
class Life implements Rounds {
  /** After the first round: what the process opens once is open then. */
  #before: readonly number[] | undefined

  async round(seed: number): Promise<Record<string, number>> {
    const lives = Array.from({ length: POOLS }, (_, i) => this.#live(random(seed * POOLS + i)))
    const settled = (await Promise.all(lives)).reduce((sum, count) => sum + count, 0)
    this.#before ??= held()
    return {
      'pools ended': POOLS,
      'runs settled': settled,
      'most MB of memory': Math.ceil(process.memoryUsage().rss / 2 ** 20),
    }
  }

  async #live(r: Random): Promise<number> {
    const pool = new Pool({ threads: 1 + Number(r(4) === 0) })
    const runs: Promise<PromiseSettledResult<unknown>[]>[] = []
    const submit = (count: number): void => {
      for (let i = 0; i < count; i++) {
        const run = r(20) === 0 ? pool.run(exit, 1) : r(3) === 0 ? pool.run(busy, 1) : pool.run(fib, r(15))
        runs.push(Promise.allSettled([run]))
      }
    }
    // Before it is ready, with runs under way, or after it has worked.
    const moment = pick(r, ['at once', 'busy', 'idle'] as const)
    if (moment === 'idle' && (await pool.run(add, 1, 2)) !== 3) throw new Error('1 + 2 is not 3')
    if (moment === 'busy') submit(r(30))
    for (let turns = r(4); turns > 0; turns--) await new Promise(setImmediate)
    const ends: Promise<void>[] = []
    const how = pick(r, ['close', 'destroy', 'both'] as const)
    if (how !== 'destroy') ends.push(pool.close(), pool.close())
    // Refused from now on, and not forgotten.
    const refused = pool.run(add, 1, 2).then(
      () => false,
      error => error instanceof PoolClosedError,
    )
    submit(ends.length > 0 ? r(5) : 0)
    if (how !== 'close') ends.push(pool.destroy())
    ends.push(pool.close())
    await Promise.all(ends)
    if (how !== 'destroy' && !(await refused)) throw new Error('a pool that was closing took a run')
    for (const [end] of await Promise.all(runs)) {
      if (end!.status === 'fulfilled') continue
      if (!(end!.reason instanceof PoolClosedError) && !(end!.reason instanceof WorkerLostError)) throw end!.reason
    }
    if (pool.stats().pending !== 0) throw new Error(`${pool.stats().pending} runs of a closed pool are pending`)
    return runs.length + 1
  }

  async close(): Promise<void> {
    const before = this.#before ?? []
    // What the process itself opens late is a few; what each pool leaves behind would be hundreds.
    const left = held().map((count, i) => count - before[i]!)
    if (left.some(count => count >= 5)) throw new Error(`left behind (threads, files, listeners): ${left.join()}`)
  }
}

export const life: Part = { open: () => new Life() }
