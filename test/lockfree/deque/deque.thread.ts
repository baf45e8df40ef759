import { parentPort, workerData } from 'node:worker_threads'

import { CONTENDED, Deque, EMPTY } from '../../../src/lockfree/deque.ts'
import { add, load, replace, store, type Words } from '../../../src/memory/atomics.ts'
import { LINE } from '../../../src/memory/layout.ts'
import { meet } from '../../support/meet.ts'

/** Before the deque: how many threads are there, and whether the owner has ended. */
export const HEADER: number = 2 * LINE

export interface Data {
  readonly words: Words
  readonly capacity: number
  /** Jobs are numbered from 1. After the deque follow, for each: claimed or not, times run, what the owner wrote for it. */
  readonly jobs: number
  /** 0 is the owner. */
  readonly index: number
  readonly threads: number
}

export interface Report {
  readonly ran: number
  readonly pushed: number
  readonly fault: string
}

function main({ words, capacity, jobs, index, threads }: Data): Report {
  const claims = HEADER + Deque.size(capacity)
  const runs = claims + jobs + 1
  const notes = runs + jobs + 1
  const deque = new Deque(words, HEADER, capacity)
  let ran = 0
  let pushed = 0
  let fault = ''

  const claim = (job: number): boolean => {
    if (!replace(words, claims + job, 0, 1)) return false
    add(words, runs + job, 1)
    ran++
    if (words[notes + job] !== (job ^ 0x5eed)) fault = `job ${job} was seen without what was written before its push`
    return true
  }

  const own = (): void => {
    const dead = (job: number): boolean => load(words, claims + job) !== 0
    const pending: number[] = []
    for (let job = 1; job <= jobs; job++) {
      words[notes + job] = job ^ 0x5eed
      if (deque.push(job, dead)) {
        pushed++
        pending.push(job)
      } else claim(job)
      // Newest first, as joins do, in runs of uneven length, so that the deque is now full and now empty.
      if (job % 7 === 0) for (let n = job % 5; n >= 0 && pending.length > 0; n--) claim(pending.pop()!)
    }
    while (pending.length > 0) claim(pending.pop()!)
    store(words, LINE, 1)
  }

  const rob = (): void => {
    let last = 0
    for (;;) {
      const over = load(words, LINE) === 1
      const job = deque.look()
      if (job === EMPTY && over) return
      if (job === EMPTY || job === CONTENDED) continue
      if (job < last || job > jobs) fault = `job ${job} was seen after ${last}`
      last = job
      claim(job)
      deque.forget()
    }
  }

  meet(words, 0, threads)
  if (index === 0) own()
  else rob()
  return { ran, pushed, fault }
}

// The test imports the types and the layout; only a thread has work to do.
if (parentPort !== null && workerData !== null) parentPort.postMessage(main(workerData as Data))
