import { parentPort, workerData } from 'node:worker_threads'

import { Sleepers } from '../../../src/lockfree/sleepers.ts'
import { add, load, notify, replace, store, wait, type Words } from '../../../src/memory/atomics.ts'
import { LINE } from '../../../src/memory/layout.ts'
import { meet } from '../../support/meet.ts'

const [MEET, JOBS, TAKEN, OVER] = [0, LINE, 2 * LINE, 3 * LINE]
export const HEADER: number = 4 * LINE
/** Far beyond what a round takes: whoever sleeps so long with its bell unrung was forgotten. */
const TIMEOUT = 20_000

export interface Data {
  readonly words: Words
  /** The seat; the one after the last is the publisher, which takes no job. */
  readonly index: number
  readonly seats: number
  readonly rounds: number
}

export interface Report {
  readonly taken: number
  /** Times that somebody slept until the timeout beside a job. */
  readonly lost: number
}

function main({ words, index, seats, rounds }: Data): Report {
  const sleepers = new Sleepers(words, HEADER, seats)
  let taken = 0
  let lost = 0
  const take = (): boolean => {
    const jobs = load(words, JOBS)
    if (jobs === 0 || !replace(words, JOBS, jobs, jobs - 1)) return false
    taken++
    add(words, TAKEN, 1)
    notify(words, TAKEN, 1)
    return true
  }

  const work = (): void => {
    for (;;) {
      while (take());
      sleepers.announce(index, true)
      if (load(words, JOBS) !== 0) {
        sleepers.cancel(index)
        continue
      }
      if (load(words, OVER) !== 0) return sleepers.cancel(index)
      const since = performance.now()
      sleepers.sleep(index, TIMEOUT)
      // It may be that another has taken the job and left it asleep: then nothing was lost.
      if (performance.now() - since >= TIMEOUT && load(words, JOBS) !== 0) lost++
      sleepers.cancel(index)
    }
  }

  const publish = (): void => {
    let random = 1
    for (let round = 0; round < rounds; round++) {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0
      for (let gap = random >>> 25; gap > 0; gap--) load(words, OVER)
      add(words, JOBS, 1)
      sleepers.wakeOne()
      for (let spins = 0; spins < 2000 && load(words, TAKEN) <= round; spins++);
      for (let done = load(words, TAKEN); done <= round; done = load(words, TAKEN)) wait(words, TAKEN, done, TIMEOUT)
    }
    store(words, OVER, 1)
    for (let seat = 0; seat < seats; seat++) sleepers.wake(seat)
  }

  meet(words, MEET, seats + 1)
  if (index === seats) publish()
  else work()
  return { taken, lost }
}

if (parentPort !== null && workerData !== null) parentPort.postMessage(main(workerData as Data))
