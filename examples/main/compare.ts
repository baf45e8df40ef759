import { isDeepStrictEqual } from 'node:util'

import { SingleBar } from 'cli-progress'
import { stats } from 'filch'

import type { Row } from './table.ts'

/** One job, to be done both ways. */
export interface Job<R> {
  readonly name: string
  /** Units of progress that the tasks report in all. */
  readonly steps: number
  /** Without filch. */
  plain(): R
  parallel(onProgress: (done: number) => void): Promise<R>
  /** The result in a line. */
  say(result: R): string
}

/** A bar is for people: a log would keep every state of it. */
const interactive = process.stdout.isTTY && !process.env['CI']

/** Does the job both ways, adds a row with its measures, and throws if the results differ. */
export async function compare<R>(job: Job<R>, rows: Row[]): Promise<R> {
  const bar = new SingleBar({
    format: '{name} {phase} [{bar}] {percentage}%',
    stream: process.stdout,
    clearOnComplete: true,
    hideCursor: true,
  })
  const show = (phase: string): void => {
    if (interactive) bar.start(job.steps, 0, { name: job.name, phase })
  }
  try {
    show('in plain code')
    const plain = await timed(() => job.plain())

    show('with filch')
    const before = stats()
    const parallel = await timed(() => job.parallel(done => interactive && bar.update(done)))
    const after = stats()

    if (!isDeepStrictEqual(parallel.result, plain.result)) {
      throw new Error(`${job.name}: filch has ${job.say(parallel.result)}, but plain code ${job.say(plain.result)}`)
    }
    bar.stop()
    console.log(`${job.name}: ${job.say(plain.result)}; the same with filch`)
    rows.push({
      name: job.name,
      plain: plain.ms,
      parallel: parallel.ms,
      forks: after.forks - before.forks,
      steals: after.steals - before.steals,
    })
    return parallel.result
  } finally {
    bar.stop()
  }
}

async function timed<R>(work: () => R | Promise<R>): Promise<{ readonly result: R; readonly ms: number }> {
  const start = performance.now()
  const result = await work()
  return { result, ms: performance.now() - start }
}
