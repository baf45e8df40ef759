import { audited, type Audited } from '../pool/audit.ts'
import { type Part, pick, random, type Rounds } from './part.ts'
import { batch, MOST_LEAVES } from './programs.tasks.ts'

const THREADS = [0, 1, 2, 2, 3, 3, 8, 32]
/** Programs of one run, and runs at once. */
const COUNT = 100
const RUNS = 10

/** Random programs of forks, joins and scopes against an interpreter without tasks. */
class Programs implements Rounds {
  readonly #pools = new Map<number, Audited>()

  #pool(threads: number): Audited {
    const immutability = threads === 3 ? 'copy' : threads === 8 ? 'trust' : 'freeze'
    const made = this.#pools.get(threads) ?? audited({ threads, immutability, name: `programs${threads}` })
    this.#pools.set(threads, made)
    return made
  }

  async round(seed: number): Promise<Record<string, number>> {
    const r = random(seed)
    const { pool, live } = this.#pool(pick(r, THREADS))
    const cells = Array.from({ length: RUNS }, () => new Int32Array(new SharedArrayBuffer(4 * 2 * MOST_LEAVES)))
    const first = Math.imul(seed, COUNT * RUNS) & 0x3fffffff
    const runs = cells.map((own, i) => pool.run(batch, own, first + i * COUNT, COUNT))
    // The caller helps.
    if (r(4) === 0)
      runs.push(
        Promise.resolve(pool.runSync(batch, new Int32Array(new SharedArrayBuffer(cells[0]!.byteLength)), first, COUNT)),
      )
    for (const wrong of await Promise.all(runs)) if (wrong !== '') throw new Error(`${wrong} (${pool.threads} threads)`)
    if (live() !== 0) throw new Error(`${live()} slots are in use (${pool.threads} threads)`)
    return { programs: COUNT * runs.length, [`with ${pool.threads} threads`]: COUNT * runs.length }
  }

  async close(): Promise<void> {
    for (const { pool } of this.#pools.values()) await pool.close()
  }
}

export const programs: Part = { open: () => new Programs() }
