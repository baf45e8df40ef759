import { type Handle, KilledError, type Pool, WorkerLostError } from 'filch'

import { audited, type Audited } from '../pool/audit.ts'
import { fib } from '../pool/basic.tasks.ts'
import { forking, held, queued, runaway, running, suspended } from './kills.tasks.ts'
import { type Part, pick, random, type Random, type Rounds, type Tally } from './part.ts'

const STATES = ['queued', 'running', 'suspended', 'runaway', 'forking'] as const
type State = (typeof STATES)[number]

/** How soon a joiner is to know, in ms. What shares the processors with others may be later now and then. */
const SOON: Readonly<Record<State, number>> = { queued: 1, running: 1, suspended: 1, runaway: 100, forking: 100 }
const BODIES = { running, suspended, runaway, forking }
const FIBS = [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610]

const gate = (): Int32Array => new Int32Array(new SharedArrayBuffer(16))

async function reached(cells: Int32Array, count: number): Promise<void> {
  for (let seen = 0; (seen = Atomics.load(cells, 1)) < count;) await Atomics.waitAsync(cells, 1, seen, 1000).value
}

/** Tasks that are killed, in every state, one at a time and several at once, beside runs that must not notice. */
class Kills implements Rounds {
  readonly #pools = new Map<number, Audited>()
  readonly #latencies = new Map<State, number[]>(STATES.map(state => [state, []]))

  #pool(threads: number): Audited {
    const made = this.#pools.get(threads) ?? audited({ threads, name: `kills${threads}` })
    this.#pools.set(threads, made)
    return made
  }

  async round(seed: number): Promise<Tally> {
    const r = random(seed)
    const { pool, live } = this.#pool(1 + r(3))
    const beside = Array.from({ length: r(4) }, async () => {
      const n = 1 + r(FIBS.length - 1)
      // Those that ran on a thread that was ended are lost; a wrong result is not.
      const got = await pool.run(fib, n).catch((error: Error) => error.name)
      if (got !== FIBS[n - 1] && got !== 'WorkerLostError') throw new Error(`fib(${n}) has become ${got}`)
    })
    const state = pick(r, STATES)
    const ms = state === 'queued' ? await this.#queued(pool, r) : await this.#begun(pool, state, r)
    await Promise.all(beside)
    this.#latencies.get(state)!.push(ms)
    await this.#whole(pool, live)
    return { 'tasks killed': 1, [`${state} killed`]: 1, [`most ms of a ${state} one`]: Math.ceil(ms) }
  }

  async #queued(pool: Pool, r: Random): Promise<number> {
    const closed = gate()
    const on = r(pool.threads)
    const holds = pool.spawnWith({ on }, held, closed)
    await reached(closed, 1)
    const ms = await this.#kill(pool.spawnWith({ on }, queued, closed), r(2) === 0)
    Atomics.store(closed, 0, 1)
    Atomics.notify(closed, 0)
    await holds
    if (closed[1] !== 1) throw new Error('a task that was killed before it began has run')
    return ms
  }

  async #begun(pool: Pool, state: Exclude<State, 'queued'>, r: Random): Promise<number> {
    const cells = gate()
    const options = r(3) === 0 ? { dedicated: true } : {}
    const handle = pool.spawnWith(options, BODIES[state] as typeof running, cells)
    await reached(cells, 1)
    return this.#kill(handle, SOON[state] > 1 || r(4) === 0)
  }

  /** Kills a task, and returns how long its joiner took to know. */
  async #kill(handle: Handle<unknown>, force: boolean): Promise<number> {
    const reason = { why: force }
    const joined = Promise.resolve(handle)
    const begun = performance.now()
    handle.kill(reason, { force })
    const error: unknown = await joined.then(
      () => 'a result',
      (thrown: unknown) => thrown,
    )
    const ms = performance.now() - begun
    if (!(error instanceof KilledError)) throw new Error(`it was killed, and its joiner got ${String(error)}`)
    if ((error.reason as typeof reason | undefined)?.why !== force) throw new Error('the reason is lost')
    return ms
  }

  async #whole(pool: Pool, live: () => number): Promise<void> {
    // A thread that is ended for the sake of a task may die when its joiner knows already: then what it was just sent is lost with it.
    const sums = await pool.broadcast(fib, 10).catch((error: Error) => {
      if (!(error instanceof WorkerLostError)) throw error
      return pool.broadcast(fib, 10)
    })
    if (sums.length !== pool.threads || sums.some(sum => sum !== 55))
      throw new Error(`the pool has made ${sums.join()}`)
    // What says that a thread is idle may be under way.
    for (let turns = 0; live() !== 0; turns++) {
      if (turns === 20_000) throw new Error(`${live()} slots are in use`)
      await new Promise(setImmediate)
    }
  }

  async close(): Promise<void> {
    for (const { pool } of this.#pools.values()) await pool.close()
    for (const [state, unsorted] of this.#latencies) {
      const all = unsorted.toSorted((a, b) => a - b)
      if (all.length === 0) continue
      const at = (share: number): string => all[Math.min(all.length - 1, Math.floor(share * all.length))]!.toFixed(2)
      const late = all.filter(ms => ms > SOON[state]).length
      console.log(
        `${state}: a joiner knows after ${at(0.5)} ms (median), ${at(0.99)} (99 %), ${at(1)} (worst); ` +
          `${late} of ${all.length} later than ${SOON[state]} ms`,
      )
    }
  }
}

export const kills: Part = { open: () => new Kills() }
