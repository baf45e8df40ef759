import { Deque } from '../../src/lockfree/deque.ts'
import { inThreads } from '../support/threads.ts'
import { CELLS, type Data, HEADER, type Report } from './deque.thread.ts'
import { type Part, pick, random, type Tally } from './part.ts'

const JOBS = 4_000_000

/**
 * The deque alone, on threads, as the scheduler uses it: an owner that pushes and takes back, thieves that claim and forget.
 * Every job that was pushed is claimed once: its count, sum and hash over all claimers are those of the owner.
 */
async function round(seed: number): Promise<Tally> {
  const r = random(seed)
  const capacity = pick(r, [2, 4, 64, 256, 256, 256])
  const threads = 1 + pick(r, [1, 1, 1, 2, 3, 7])
  const words = new Int32Array(new SharedArrayBuffer(4 * (HEADER + Deque.size(capacity) + 2 * CELLS)))
  // Near the places where indexes wrap.
  words[HEADER] = words[HEADER + 16] = pick(r, [0, 2 ** 31 - r(JOBS), -1 - r(JOBS)]) | 0
  const data: Data[] = Array.from({ length: threads }, (_, index) => ({
    words,
    capacity,
    jobs: JOBS,
    index,
    threads,
    seed: r(1e9),
  }))
  const reports = await inThreads<Report>(new URL('deque.thread.ts', import.meta.url), data)
  const faults = reports.map(report => report.fault).filter(fault => fault !== '')
  if (faults.length > 0) throw new Error(faults.join('; '))
  const pushed = reports[0]!.pushed
  const claimed = { count: 0, sum: 0, hash: 0 }
  for (const report of reports) {
    claimed.count += report.claimed.count
    claimed.sum = (claimed.sum + report.claimed.sum) | 0
    claimed.hash ^= report.claimed.hash
  }
  if (JSON.stringify(claimed) !== JSON.stringify(pushed) || pushed.count !== JOBS) {
    throw new Error(`pushed ${JSON.stringify(pushed)}, claimed ${JSON.stringify(claimed)}`)
  }
  return { 'jobs through a deque': JOBS, stolen: JOBS - reports[0]!.claimed.count }
}

export const deque: Part = { open: () => ({ round, close: async () => {} }) }
