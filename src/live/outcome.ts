import { KilledError, WorkerLostError } from '../errors.ts'
import { store } from '../memory/atomics.ts'
import { unsaid } from '../scheduler/failure.ts'
import { COUNT, DONE, FAILED, HOLDS, NAME, SPAWNED, STATE, stateOf, useOf, withState } from '../scheduler/slot.ts'
import type { Worker } from '../scheduler/worker.ts'
import { Writer } from '../wire/writer.ts'
import { deposit } from './deposits.ts'

/** What became of a task: its result or what it threw. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

/** `queued`: nobody has begun it. `running`: somebody has, and it may be waiting. */
export type Status = 'queued' | 'running' | 'done' | 'failed' | 'killed'

/** What the slot of a task that has ended says, which arrives as nobody's: it came by mail. */
export function outcomeOf<T>(worker: Worker, slot: number, word: number): Outcome<T> {
  const { lodging } = worker
  const { loose } = lodging
  const count = worker.registry.arena.words[slot + COUNT]!
  if (stateOf(word) === FAILED && count < 0) return { ok: false, error: unsaid(count, worker.loss) }
  lodging.loose = true
  try {
    const value = worker.jobs.outcome(slot)
    return stateOf(word) === FAILED ? { ok: false, error: value } : { ok: true, value: value as T }
  } catch (error) {
    return { ok: false, error }
  } finally {
    lodging.loose = loose
  }
}

/** A record like that of a task that has ended, for the handle of one whose own is in another use. */
export function restate(worker: Worker, name: string, outcome: Outcome<unknown>): readonly number[] {
  const { jobs, registry, seat } = worker
  const { writer } = jobs
  // That one is in the middle of a message.
  jobs.writer = new Writer(jobs.carrier)
  try {
    const slot = jobs.make(0, 0, SPAWNED, 0)
    const word = jobs.state(slot)
    // Of the handle that is sent: it has no keeper, who would have to let go of it as well.
    registry.arena.words[slot + HOLDS] = 1
    try {
      registry.arena.words[slot + NAME] = deposit(worker, name, 'name', slot)
      jobs.conclude(slot, outcome.ok ? outcome.value : outcome.error, !outcome.ok)
    } catch (error) {
      jobs.forget(slot)
      throw error
    }
    store(registry.arena.words, slot + STATE, withState(word, outcome.ok ? DONE : FAILED, seat))
    return [slot, useOf(word)]
  } finally {
    jobs.writer = writer
  }
}

/** What was thrown may be anything, a proxy too. */
export function isKilled(error: unknown): boolean {
  try {
    return error instanceof KilledError
  } catch {
    return false
  }
}

export function gone(name: string): Error {
  return new WorkerLostError(`what is left of the task ${name} went with the thread that kept it`)
}
