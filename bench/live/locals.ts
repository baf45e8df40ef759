import type { Task } from 'filch'

import type { Bench, Variant } from '../support/bench.ts'
import { inPool } from '../support/pool.ts'
import { readPlain, readTaskLocals, readUnset, readWorkerLocals, setTaskLocal } from './locals.tasks.ts'

function reading(fn: Task<(count: number) => number>, most = 16_000_000): Variant {
  return {
    measure: ({ quick }) =>
      inPool(1, async pool => {
        const count = quick ? 1600 : most
        await pool.run(fn, count / 4)
        const samples: number[] = []
        for (let i = 0; i < (quick ? 1 : 5); i++) samples.push(((await pool.run(fn, count)) * 1e6) / count)
        return { samples }
      }),
  }
}

export const bench: Bench = {
  question: 'What does it cost to read what a worker or a task has for itself?',
  method: 'One task reads sixteen variables in turn, sixteen million times, and sums them up.',
  unit: 'ns',
  variants: {
    'fields of plain objects': reading(readPlain),
    workerLocal: reading(readWorkerLocals),
    taskLocal: reading(readTaskLocals),
    'taskLocal that was not set': reading(readUnset),
    'setting a taskLocal': reading(setTaskLocal, 400_000),
  },
  checks: [
    { what: 'a worker-local read', of: 'workerLocal', most: 3 },
    { what: 'a task-local read', of: 'taskLocal', most: 10 },
  ],
}
