import { parentPort, workerData } from 'node:worker_threads'

import { CONTENDED, Deque, EMPTY } from '../../src/lockfree/deque.ts'
import { load, pause, replace, store, type Words } from '../../src/memory/atomics.ts'
import { LINE } from '../../src/memory/layout.ts'
import { meet } from '../support/meet.ts'
import { random } from './part.ts'

/** Before the deque: how many threads are there, and whether the owner has ended. */
export const HEADER: number = 2 * LINE
/** Jobs whose state is kept: a power of two, far more than a deque holds. */
export const CELLS = 4096
/** Pushed jobs that the owner remembers for taking them back; older ones it leaves to the thieves. */
const MOST_PENDING = 512

export interface Data {
  readonly words: Words
  readonly capacity: number
  /** Jobs are numbered from 1. */
  readonly jobs: number
  /** 0 is the owner. */
  readonly index: number
  readonly threads: number
  readonly seed: number
}

export interface Sums {
  count: number
  sum: number
  hash: number
}

export interface Report {
  readonly pushed: Sums
  readonly claimed: Sums
  readonly fault: string
}

function note(sums: Sums, job: number): void {
  sums.count++
  sums.sum = (sums.sum + job) | 0
  sums.hash ^= Math.imul(job, 0x9e3779b1) ^ (job >>> 7)
}

/**
 * The state of job j is the cell j modulo CELLS: 2j once it is published, 2j + 1 once it is claimed. The deque holds fewer
 * jobs than there are cells, so a cell that the owner comes back to and finds unclaimed is a job that the deque has lost.
 */
function main({ words, capacity, jobs, index, threads, seed }: Data): Report {
  const states = HEADER + Deque.size(capacity)
  const notes = states + CELLS
  const cell = (job: number): number => job & (CELLS - 1)
  const deque = new Deque(words, HEADER, capacity)
  const pushed: Sums = { count: 0, sum: 0, hash: 0 }
  const claimed: Sums = { count: 0, sum: 0, hash: 0 }
  let fault = ''

  const dead = (job: number): boolean => load(words, states + cell(job)) !== 2 * job
  const claim = (job: number): boolean => {
    // Plain, and before the claim: after it the owner may use the cell again.
    const said = words[notes + cell(job)]
    if (!replace(words, states + cell(job), 2 * job, 2 * job + 1)) return false
    if (said !== ~job) fault = `job ${job} was seen without what was written before its push`
    note(claimed, job)
    return true
  }

  const rob = (): boolean => {
    const job = deque.look()
    if (job === EMPTY) return false
    if (job === CONTENDED) return true
    if (job < 1 || job > jobs) fault = `job ${job} was never pushed`
    if (!deque.stands()) return true
    claim(job)
    deque.forget()
    return true
  }

  const own = (): void => {
    const r = random(seed)
    const pending: number[] = []
    // How often the owner takes back, from never to nearly always: thieves find a deque that is full, and one that is empty.
    let ease = 0
    // How long it leaves a full deque to the thieves before it runs a job itself.
    let patience = 0
    for (let job = 1; job <= jobs; job++) {
      if ((job & 0xfff) === 0) {
        ease = r(8)
        patience = r(4) * 8
      }
      const before = job - CELLS
      if (before > 0 && load(words, states + cell(job)) !== 2 * before + 1) {
        fault = `job ${before} left the deque and nobody has claimed it`
      }
      words[notes + cell(job)] = ~job
      store(words, states + cell(job), 2 * job)
      for (let tries = 0; !deque.push(job, dead); tries++) {
        if (tries < patience) pause()
        else if (pending.length > 0) claim(pending.pop()!)
        else rob()
      }
      note(pushed, job)
      if (pending.length === MOST_PENDING) pending.length = 0
      pending.push(job)
      for (let n = job & 7; n < ease && pending.length > 0; n++) claim(pending.pop()!)
    }
    while (rob());
    store(words, LINE, 1)
  }

  const steal = (): void => {
    for (;;) {
      const over = load(words, LINE) === 1
      if (rob()) continue
      if (over) return
      pause()
    }
  }

  meet(words, 0, threads)
  if (index === 0) own()
  else steal()
  return { pushed, claimed, fault }
}

// The part imports the types and the layout; only a thread has work to do.
if (parentPort !== null && workerData !== null) parentPort.postMessage(main(workerData as Data))
