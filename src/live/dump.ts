import { currentWorker, type Worker } from '../scheduler/worker.ts'
import { type Task, task } from '../task/task.ts'
import { householdOf } from './household.ts'
import { idOf } from './name.ts'

/** A task that lives on a worker beyond the call of its body: it waits, or has children. */
export interface Living {
  readonly id: number
  readonly name: string
  /** `runs`: between two waits. `waits`: for `what`. `ends`: for its children. */
  readonly state: 'runs' | 'waits' | 'ends'
  /** What it waits for: `a task`, `an IVar`. */
  readonly what?: string
  /** Ids of the tasks that must end before it can go on. */
  readonly after: readonly number[]
}

/** What lives on one worker. */
export interface WorkerDump {
  readonly worker: number
  /** Jobs that wait there for somebody to take them. */
  readonly queued: number
  readonly tasks: readonly Living[]
}

/** What lives on the seat of this thread. */
export function describe(worker: Worker): WorkerDump {
  const { registry, seat } = worker
  const household = householdOf(worker)
  const tasks = Array.from(household.tree.all(), (resident): Living => {
    const { suspended, over, label } = resident
    const id = idOf(worker, resident.slot)
    if (over) return { id, name: label, state: 'ends', after: Array.from(resident.children(), child => child.id) }
    if (suspended === undefined) return { id, name: label, state: 'runs', after: [] }
    const of = suspended.task
    return { id, name: label, state: 'waits', what: suspended.what, after: of === undefined ? [] : [of] }
  })
  return { worker: seat, queued: registry.deques[seat]!.length + household.backlog.waiting, tasks }
}

/** The same, as a task for the workers. */
export const describer: Task<() => WorkerDump> = task(import.meta, (): WorkerDump => describe(currentWorker()!))

/**
 * Tasks that wait for each other's end, each list in that order, the first waiting for the second. Whoever is on such a list waits
 * until one of them is killed: what each waits for is one task and nothing else, or all of its children.
 */
export function cyclesOf(dump: readonly WorkerDump[]): Living[][] {
  const tasks = new Map(dump.flatMap(({ tasks: all }) => all.map(one => [one.id, one])))
  const cycles: Living[][] = []
  const done = new Set<number>()
  const walk = (id: number, above: readonly number[]): void => {
    const at = above.indexOf(id)
    if (at >= 0) {
      cycles.push(above.slice(at).map(one => tasks.get(one)!))
      return
    }
    if (done.has(id)) return
    done.add(id)
    for (const next of tasks.get(id)?.after ?? []) walk(next, [...above, id])
  }
  for (const id of tasks.keys()) walk(id, [])
  return cycles
}
