import type { Lodging } from './lodging.ts'
import type { Modules } from './modules.ts'
import { type Correspondent, verdict } from './notice.ts'
import type { Pulse } from './pulse.ts'
import { DONE, FAILED, HOME, ROOT, SLOT_SIZE, STRAYS, TASK } from './slot.ts'
import { settle } from './residents.ts'
import type { TaskRecord } from './tasks.ts'
import type { Thief } from './thief.ts'

/** The parts of a worker that run a job. */
interface Executor extends Correspondent {
  readonly seat: number
  readonly thief: Thief
  readonly lodging: Lodging
  readonly modules: Modules
  readonly pulse: Pulse
  root: number
  migrated: boolean
  call(record: TaskRecord, args: readonly unknown[]): unknown
  finish(slot: number, state: number): void
}

/** {@link Residents.keeps}, also where nobody has lived yet: a fork that ran elsewhere may have made children of its root. It was joined, so they are seen. */
export function keeps(
  worker: Pick<Executor, 'registry' | 'lodging'>,
  slot: number,
  record: TaskRecord | undefined,
  failed: boolean,
  value: unknown,
): boolean {
  if (worker.registry.arena.words[slot + STRAYS] !== 0) settle(worker)
  return worker.lodging.residents?.keeps(slot, record, failed, value) === true
}

/** Runs a job that this seat has claimed, to its end, and delivers its outcome. Does not throw. */
export function execute(worker: Executor, slot: number): void {
  const { jobs, lodging, registry, thief } = worker
  const { words } = registry.arena
  const { root, migrated } = worker
  const { belongings, loose } = lodging
  worker.root = words[slot + ROOT]!
  registry.arena.reach(worker.root + SLOT_SIZE)
  worker.migrated = words[slot + HOME] !== worker.seat
  lodging.belongings = undefined
  lodging.loose = false
  const isRoot = worker.root === slot
  const before = worker.pulse.begin(slot)
  let state = DONE
  let kept = false
  try {
    const record: TaskRecord | undefined = thief.taskOf(words[slot + TASK]!)
    worker.modules.check(words[slot + TASK]!, record)
    const value = worker.call(record, jobs.args(slot))
    // What lives on is not ended here. (There may be residents since this call.)
    kept = isRoot && keeps(worker, slot, record, false, value)
    if (!kept) jobs.conclude(slot, value, false)
  } catch (thrown) {
    jobs.handed = undefined
    // A fork that ran elsewhere does not know why it was stopped, or was ended with its thread.
    const error = isRoot ? verdict(worker, slot, thrown) : thrown
    state = FAILED
    kept = isRoot && keeps(worker, slot, undefined, true, error)
    if (!kept) jobs.conclude(slot, error, true)
  }
  lodging.letGo()
  worker.pulse.end(before)
  worker.root = root
  worker.migrated = migrated
  lodging.belongings = belongings
  lodging.loose = loose
  if (!kept) worker.finish(slot, state)
}
