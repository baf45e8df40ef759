import * as fc from 'fast-check'
import { type Handle } from 'filch'
import { describe, expect, it } from 'vitest'

import { audited } from '../pool/audit.ts'
import { cells, fib } from '../pool/basic.tasks.ts'
import { settled } from '../pool/settle.ts'
import { SEED } from '../support/seed.ts'
import { quiet } from './quiet.ts'
import { ENDED_BY_KILL, FAILED, leftOf, lives, observe, outcomeOf, RETURNED, runs, WORDS } from './random.tasks.ts'
import { type Facts, KILLED, type Planned, plans } from './trees.ts'

const PROGRAMS = Number(process.env['FILCH_PROGRAMS'] ?? 800)
const THREADS = [0, 1, 2, 4]

function allows({ ok, killable, errors }: Facts, outcome: number): boolean {
  if (outcome === RETURNED) return ok
  if (outcome === ENDED_BY_KILL) return killable || errors.has(KILLED)
  return errors.has(outcome - FAILED)
}

describe.for(THREADS)('with %s threads', threads => {
  it(`random trees come to what they may come to (seed ${SEED})`, { timeout: 600_000 }, async () => {
    const { pool, live, inUse } = audited({ threads })
    const check = async ({ root, facts, kill }: Planned): Promise<void> => {
      const shared = cells(WORDS * facts.length)
      const handle = pool.spawn(root.waits ? lives : runs, shared, root, [], []) as Handle<number>
      for (let turn = 0; turn < kill; turn++) await new Promise(setImmediate)
      if (kill >= 0) handle.kill('random')
      const end = await settled(handle.result().then(outcome => outcome))
      if (end === 'hangs') throw new Error(`it hangs: ${JSON.stringify(await pool.dump())}`)
      if ('error' in end) throw end.error
      observe(shared, root, outcomeOf(end.value, root.id))
      // Detached ones may go on.
      await quiet(live).catch((error: unknown) => {
        throw new Error(inUse(), { cause: error })
      })
      for (const [id, fact] of facts.entries()) {
        const { runs: times, torn, outcome } = leftOf(shared, id)
        expect([id, times], 'a task begins at most once, and has ended').toEqual([id, times === 1 ? 1 : 0])
        expect([id, torn], 'a section is whole').toEqual([id, false])
        if (outcome !== 0 && !allows(fact, outcome)) throw new Error(`task ${id} came to ${outcome}`)
      }
      const dump = await pool.dump()
      expect(dump.cycles).toEqual([])
      expect(dump.workers.flatMap(({ tasks }) => tasks)).toEqual([])
      expect(pool.stats().pending).toBe(0)
    }
    try {
      await fc.assert(fc.asyncProperty(plans, check), {
        numRuns: Math.ceil(PROGRAMS / THREADS.length),
        endOnFailure: true,
      })
      expect(await pool.run(fib, 15)).toBe(610)
    } finally {
      await pool.close()
    }
  })
})
