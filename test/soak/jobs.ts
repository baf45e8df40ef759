import { audited, type Audited } from '../pool/audit.ts'
import { heap, leaning, loop, mark, nested, spawned, tree } from './jobs.tasks.ts'
import { type Part, pick, random, type Rounds } from './part.ts'

/** On two cores, most of them are oversubscribed. */
const THREADS = [1, 2, 4, 8, 16]
const JOBS = 100_000
const RUNS = 3000

/** Jobs through whole pools: each marks its own cell, and in the end every cell has one mark. */
class Jobs implements Rounds {
  readonly #pools = new Map<number, Audited>()

  #pool(threads: number): Audited {
    const made = this.#pools.get(threads) ?? audited({ threads, name: `jobs${threads}` })
    this.#pools.set(threads, made)
    return made
  }

  async round(seed: number): Promise<Record<string, number>> {
    const r = random(seed)
    const { pool, live } = this.#pool(THREADS[seed % THREADS.length]!)
    const before = pool.stats()
    const shape = pick(r, ['loop', 'heap', 'tree', 'leaning', 'spawned', 'nested', 'runs', 'mixed'] as const)
    const count = shape === 'runs' ? RUNS : JOBS
    const cells = new Int32Array(new SharedArrayBuffer(4 * count))
    if (shape === 'runs') {
      await Promise.all(Array.from({ length: count }, (_, at) => pool.run(mark, cells, at)))
    } else {
      const tasks = { loop, heap, tree, leaning, spawned, nested }
      const named = shape === 'mixed' ? Object.values(tasks) : [tasks[shape]]
      // Several runs at once, and now and then one that the caller helps with.
      const helps = r(3) === 0
      const parts = named.length + r(4)
      const bounds = Array.from({ length: parts + 1 }, (_, i) => Math.floor((i * count) / parts))
      const runs = bounds.slice(0, -1).map(async (from, i) => {
        const task = named[i % named.length]!
        return i === 0 && helps
          ? pool.runSync(task, cells, from, bounds[1]!)
          : pool.run(task, cells, from, bounds[i + 1]!)
      })
      const sum = (await Promise.all(runs)).reduce((total, made) => total + made, 0)
      if (sum !== count) throw new Error(`${shape}: the jobs have returned ${sum}, not ${count}`)
    }
    const wrong = cells.findIndex(times => times !== 1)
    if (wrong >= 0) throw new Error(`${shape} on ${pool.threads} threads: job ${wrong} ran ${cells[wrong]} times`)
    if (live() !== 0) throw new Error(`${shape} on ${pool.threads} threads: ${live()} slots are in use`)
    const after = pool.stats()
    return {
      'jobs of pools': count,
      published: after.published - before.published,
      'taken by another worker': after.steals - before.steals,
    }
  }

  async close(): Promise<void> {
    for (const { pool } of this.#pools.values()) await pool.close()
  }
}

export const jobs: Part = { open: () => new Jobs() }
