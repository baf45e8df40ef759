import { store } from '../memory/atomics.ts'
import { CLAIMED, FAILED, KEPT, MAILED, STATE, stateOf, withState } from './slot.ts'
import { keeps } from './execute.ts'
import type { TaskRecord } from './tasks.ts'
import { awaitThat, ENDED } from './wait.ts'
import type { Worker } from './worker.ts'

/** Runs a task as a root on this thread's own stack, to its end and that of its children. What `runSync` does. */
export function runHere(worker: Worker, record: TaskRecord, args: readonly unknown[]): unknown {
  const { jobs, registry, seat, root, lodging } = worker
  const { belongings, loose } = lodging
  const slot = jobs.make(registry.directory.idOf(record), 0, MAILED, 0)
  store(registry.arena.words, slot + STATE, withState(jobs.state(slot), CLAIMED, seat))
  worker.root = slot
  lodging.belongings = undefined
  lodging.loose = false
  let failed = false
  let kept = false
  let value: unknown
  try {
    value = worker.call(record, args)
  } catch (error) {
    failed = true
    value = error
  }
  try {
    kept = keeps(worker, slot, record, failed, value)
    if (!kept) {
      jobs.letGo(slot, KEPT)
      worker.counters.jobs++
    }
  } finally {
    lodging.letGo()
    worker.root = root
    lodging.belongings = belongings
    lodging.loose = loose
  }
  if (kept) {
    awaitThat(worker, () => (stateOf(jobs.state(slot)) > CLAIMED ? ENDED : -1))
    // Its end was mailed to this seat, by this seat.
    lodging.mail()
    worker.post.letters.splice(worker.post.letters.indexOf(slot), 1)
    const end = jobs.state(slot)
    failed = stateOf(end) === FAILED
    value = worker.collect(slot, end)
  }
  if (failed) throw value
  return value
}
