import { Pool } from 'filch'

import { cells } from '../pool/basic.tasks.ts'
import { type Part, pick, random, type Random, type Rounds } from './part.ts'
import { echo, insist, meet } from './sleep.tasks.ts'

const ROUNDS = 1000

/** Submissions, meetings and forks after gaps of 0 to 50 us, when threads are about to sleep, asleep, or just awake. */
class Sleep implements Rounds {
  readonly #pools = [1, 2, 3].map(threads => new Pool({ threads, name: `sleep${threads}` }))

  async round(seed: number): Promise<Record<string, number>> {
    const r = random(seed)
    // Every thread works, and has what the tasks need: nobody asks for anything while it sleeps.
    for (const pool of this.#pools) await Promise.all([pool.broadcast(echo, 1), pool.broadcast(meet, cells(1), 0, 1)])
    const how = pick(r, ['echo', 'meet', 'fork'] as const)
    const most = await this[how](r)
    return { 'wake-ups': ROUNDS, [`by ${how}`]: ROUNDS, 'most ms of a wake-up': Math.ceil(most) }
  }

  /** One submission after the other: each finds the pool asleep, or on its way to sleep. */
  async echo(r: Random): Promise<number> {
    const pool = pick(r, this.#pools)
    return this.#each(r, async round => {
      if ((await pool.run(echo, round)) !== round) throw new Error('an echo is wrong')
    })
  }

  /** As many runs as threads, none of which ends before all have begun: no thread may sleep beside work. */
  async meet(r: Random): Promise<number> {
    const pool = pick(r, this.#pools.slice(1))
    const { threads } = pool
    const shared = cells(ROUNDS)
    return this.#each(r, async round => {
      await Promise.all(Array.from({ length: threads }, () => pool.run(meet, shared, round, threads)))
    })
  }

  /** Forks that must be stolen. */
  async fork(r: Random): Promise<number> {
    const pool = pick(r, this.#pools.slice(1))
    const begun = performance.now()
    const sum = await pool.run(insist, cells(1), ROUNDS, 1 + r(3000))
    if (sum !== (ROUNDS * (ROUNDS + 1)) / 2) throw new Error(`forks have returned ${sum} in all`)
    return (performance.now() - begun) / ROUNDS
  }

  async #each(r: Random, act: (round: number) => Promise<void>): Promise<number> {
    let most = 0
    for (let round = 0; round < ROUNDS; round++) {
      const begun = performance.now()
      await act(round)
      const now = performance.now()
      most = Math.max(most, now - begun)
      const until = now + r(51) / 1000
      while (performance.now() < until);
    }
    return most
  }

  async close(): Promise<void> {
    await Promise.all(this.#pools.map(pool => pool.close()))
  }
}

export const sleep: Part = {
  flags: ['--import', new URL('napless.mjs', import.meta.url).href],
  open: () => new Sleep(),
}
