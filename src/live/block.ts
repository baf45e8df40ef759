import { ForkError } from '../errors.ts'
import { load } from '../memory/atomics.ts'
import { DEDICATED } from '../scheduler/duty.ts'
import { DUTY } from '../scheduler/registry.ts'
import { needRoom } from '../scheduler/room.ts'
import { CANCELED } from '../scheduler/slot.ts'
import { awaitThat, ENDED } from '../scheduler/wait.ts'
import type { Worker } from '../scheduler/worker.ts'
import type { House } from './house.ts'
import type { Awaited } from './watch.ts'

/** True in a thread of a task of its own: nobody else's work stands still when it does. */
export function mayBlock(worker: Worker): boolean {
  const { registry, seat } = worker
  return load(registry.arena.words, registry.seat(seat) + DUTY) === DEDICATED
}

export function mustNotBlock(inTask: boolean): ForkError {
  return new ForkError(
    'ERR_FILCH_JOIN',
    inTask
      ? 'join would block a worker of the pool. Make the task a generator and use yield*, or spawn it with a thread of its own (dedicated).'
      : 'join blocks in a dedicated task only. Outside of tasks, await it.',
  )
}

/**
 * Waits on this thread's own stack until `wait` is over, or until this task must stop, which it then throws. Those who live on this seat go on
 * meanwhile, mail is read, and kills are heeded.
 */
export function block(worker: Worker, house: House, wait: Awaited & { withdraw(): void }): void {
  needRoom()
  worker.poll()
  if (wait.poll()) return
  let isOver = false
  const who = { wait, place: 0, resume: () => void (isOver = true) }
  if (house.waits.enlist(who)) return
  const { arena } = worker.registry
  const isCanceled = (): boolean => worker.root !== 0 && load(arena.words, worker.root + CANCELED) !== 0
  awaitThat(worker, () => (isOver || isCanceled() ? ENDED : -1))
  if (isOver) return
  house.waits.forget(who)
  wait.withdraw()
  worker.poll()
}
