import { ForkError } from '../errors.ts'
import { isThenable, promised } from '../scheduler/failure.ts'
import { HOME } from '../scheduler/slot.ts'
import type { Worker } from '../scheduler/worker.ts'
import type { Body, Resident } from './resident.ts'
import { returned, Wait } from './wait.ts'

type At = IteratorResult<Wait<unknown>, unknown>

/**
 * Lets a body go on, from its beginning or from where it has waited, up to its next wait or its end; with a fault, that is thrown in it.
 * Throws what the body throws. The worker hosts it.
 */
export function step(worker: Worker, resident: Resident, fault: { readonly error: unknown } | undefined): At {
  const { root, migrated, lodging } = worker
  const { belongings, loose } = lodging
  worker.root = resident.slot
  worker.migrated = worker.registry.arena.words[resident.slot + HOME] !== worker.seat
  lodging.belongings = resident.belongings
  lodging.loose = false
  const before = worker.pulse.begin(resident.slot)
  try {
    const at = advance(worker, resident.body!, fault)
    if (at.done === true && isThenable(at.value)) {
      throw at.value instanceof Wait ? returned(resident.label) : promised(resident.label, at.value)
    }
    return at
  } catch (error) {
    if (worker.pending) worker.settle(error)
    throw error
  } finally {
    worker.pulse.end(before)
    resident.belongings = lodging.belongings
    worker.root = root
    worker.migrated = migrated
    lodging.belongings = belongings
    lodging.loose = loose
  }
}

function advance(worker: Worker, body: Body, fault: { readonly error: unknown } | undefined): At {
  let at = fault === undefined ? body.next() : body.throw(fault.error)
  if (!worker.pending) return at
  if (at.done !== true) {
    at = body.throw(
      new ForkError('ERR_FILCH_JOIN', 'A generator task waits with forks pending. Join them first, or spawn instead.'),
    )
  }
  worker.settle(undefined)
  return at
}
