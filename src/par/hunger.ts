import { currentWorker } from '../scheduler/worker.ts'

/**
 * Parts that a chain forks before anybody has nothing to do, so that whoever is the first to has something to take at
 * once. A part that was stolen begins with as many: where there are thieves, there may be more of them (Rayon splits
 * by the same rule). A part that comes back unstolen has none.
 */
export const AHEAD = 2

/**
 * True if somebody has nothing to do. Called where the want word is set and nothing is forked: what the fork would have
 * looked at on its way, whether the run was canceled and whether a thread lacks a buffer, is looked at here.
 */
export function hungry(): boolean {
  const worker = currentWorker()
  if (worker === undefined) return false
  worker.poll()
  worker.questions.attend(worker.registry)
  return worker.registry.sleepers.idle > 0
}
