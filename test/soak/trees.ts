import { setImmediate as turn } from 'node:timers/promises'

import { type Handle, KilledError, WorkerLostError } from 'filch'

import { audited, type Audited } from '../pool/audit.ts'
import { add, cells } from '../pool/basic.tasks.ts'
import { crewOf } from './crew.ts'
import { BEGUN, DEATHS, ENDED, endless, grow, stuck } from './trees.tasks.ts'
import { type Part, pick, random, type Rounds } from './part.ts'

const REASONS = ['queued', 'running', 'soon', 'tired', 'doomed', undefined]

/** One pool on which trees of tasks grow and are cut. */
class Wood {
  readonly #its: Audited

  constructor(threads: number) {
    this.#its = audited({ threads, name: `wood${threads}` })
  }

  /** Returns how many tasks there were. */
  async round(seed: number): Promise<{ tasks: number; killed: number; lost: number }> {
    const r = random(seed)
    const { pool } = this.#its
    const peril = r(3) === 0 ? 40 : 0
    const shared = cells(3)
    const handles: Handle<number>[] = []
    const doomed: Handle<unknown>[] = []
    for (let n = 1 + r(6); n > 0; n--) {
      handles.push(pool.spawn(grow, shared, r(2 ** 31), 3, peril))
      if (peril === 0 && r(3) === 0) doomed.push(pool.spawn(stuck, shared))
      if (r(4) === 0) pick(r, handles).kill('queued')
      if (r(4) === 0) await turn()
    }
    if (r(3) === 0) doomed.push(pool.spawn(endless, shared))
    for (let turns = r(6); turns > 0; turns--) await turn()
    if (r(2) === 0) pick(r, handles).kill('running')
    let terminated = 0
    if (peril > 0 && r(4) === 0) {
      terminated = 1
      await pick(r, crewOf(pool.name)).terminate()
    }
    for (const handle of doomed) handle.kill('soon')
    let killed = 0
    let lost = 0
    for (const handle of [...handles, ...doomed]) {
      const error = await handle.then(
        () => undefined,
        (why: unknown) => why,
      )
      this.#check(handle, error)
      killed += Number(error instanceof KilledError)
      lost += Number(error instanceof WorkerLostError)
    }
    const deaths = shared[DEATHS]! + terminated
    if (deaths === 0 && lost > 0) throw new Error(`${lost} tasks were lost with no thread`)
    if (deaths === 0 && shared[BEGUN] !== shared[ENDED]) {
      throw new Error(`${shared[BEGUN]} bodies have begun, ${shared[ENDED]} have ended`)
    }
    await this.#audit()
    return { tasks: shared[BEGUN]!, killed, lost }
  }

  /** Its end is one that was planned, and its handle says so. */
  #check(handle: Handle<unknown>, error: unknown): void {
    const status = error === undefined ? 'done' : error instanceof KilledError ? 'killed' : 'failed'
    if (handle.status !== status) throw new Error(`${handle.status}, which ${status}`)
    if (
      error === undefined ||
      (error instanceof RangeError && error.message === 'planned') ||
      error instanceof WorkerLostError
    )
      return
    if (!(error instanceof KilledError)) throw error
    const { reason } = error
    const isKnown = REASONS.includes(reason as string) || reason instanceof Error
    if (!isKnown) throw new Error(`killed for ${String(reason)}`)
  }

  /** All that was under way has ended: no slot is in use. */
  async #audit(): Promise<void> {
    const { pool, live, inUse } = this.#its
    if ((await pool.broadcast(add, 1, 2)).length !== pool.threads) throw new Error('a thread is missing')
    const end = performance.now() + 10_000
    while (live() !== 0 && performance.now() < end) await pool.run(add, 1, 2)
    if (live() !== 0) throw new Error(`${live()} slots are in use, and nothing is under way:\n${inUse()}`)
  }

  close(): Promise<void> {
    return this.#its.pool.close()
  }
}

/** Tasks that are killed: queued, running, suspended, with their trees, and with their threads. */
export const trees: Part = {
  open(): Rounds {
    const woods = [1, 2, 4].map(threads => new Wood(threads))
    return {
      async round(seed) {
        const { tasks, killed, lost } = await pick(random(seed), woods).round(seed)
        return { 'tasks of trees': tasks, 'roots killed': killed, 'roots lost': lost }
      },
      async close() {
        for (const wood of woods) await wood.close()
      },
    }
  },
}
