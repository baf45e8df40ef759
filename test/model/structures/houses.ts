import type * as households from '../../../src/live/household.ts'
import type { Wait } from '../../../src/live/wait.ts'
import type * as workers from '../../../src/scheduler/worker.ts'

/** What a worker's loop does for those that live on its seat, in models of one thing at a time. */

/** Turns and sleeps until `done`. If it `helps`, it runs what others have to offer meanwhile. */
export function turnUntil(worker: workers.Worker, done: () => boolean, helps = false): void {
  const { registry, seat, lodging, thief } = worker
  const { sleepers } = registry
  for (;;) {
    lodging.turn()
    if (done()) return
    if (helps && worker.help(-1)) continue
    sleepers.announce(seat, helps)
    // Helping may have done it.
    if (!(helps && done()) && !lodging.called && !(helps && thief.anything())) sleepers.sleep(seat, 500)
    sleepers.cancel(seat)
  }
}

/** Turns until a task that waits has what it waits for, or never will. */
export function awaitOver(worker: workers.Worker, house: households.Household, wait: Wait<unknown>): void {
  const who = { wait, place: 0, done: false, resume: () => void (who.done = true) }
  if (!wait.poll() && !house.waits.enlist(who)) turnUntil(worker, () => who.done)
}

/** The same, and takes it. */
export function awaitOne<T>(worker: workers.Worker, house: households.Household, wait: Wait<T>): T {
  awaitOver(worker, house, wait)
  return wait.outcome()
}
