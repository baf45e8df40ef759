import { CanceledError } from '../errors.ts'
import { load } from '../memory/atomics.ts'
import { read, TARGET, unmailed, USE } from '../scheduler/notice.ts'
import {
  CLAIMED,
  DELIVERY,
  ERRAND,
  HELD,
  NOTICE,
  seatOf,
  SPAWNED,
  STATE,
  stateOf,
  SUBSCRIPTION,
  useOf,
} from '../scheduler/slot.ts'
import type { Worker } from '../scheduler/worker.ts'
import type { Tree } from './tree.ts'
import type { Watches } from './watches.ts'

/** Mail for those who live on this seat: a bell has rung, a task must stop, a child has ended. False: it is for somebody else. */
export function receive(worker: Worker, tree: Tree, waits: Watches, slot: number): boolean {
  const { words } = worker.registry.arena
  const state = stateOf(load(words, slot + STATE))
  const delivery = words[slot + DELIVERY]!
  if (state === HELD) {
    if (delivery === ERRAND) return false
    if (delivery === SUBSCRIPTION) waits.rouse(slot)
    else if (delivery === NOTICE) heed(worker, tree, slot)
    return true
  }
  if (state <= CLAIMED || delivery !== SPAWNED) return false
  tree.bury(slot)
  return true
}

/** Somebody wants a root of this seat to stop. */
function heed(worker: Worker, tree: Tree, notice: number): void {
  const { jobs, lodging, registry, seat } = worker
  const ended = unmailed(worker, notice)
  if (ended !== 0) tree.bury(ended)
  const { words } = registry.arena
  const root = words[notice + TARGET]!
  const use = words[notice + USE]!
  const word = jobs.state(root)
  const { loose } = lodging
  lodging.loose = true
  const sentence = read(worker, notice)
  lodging.loose = loose
  if (useOf(word) !== use || stateOf(word) !== CLAIMED || seatOf(word) !== seat) return
  if (sentence !== undefined) return tree.kill(root, sentence, sentence.reason)
  // From whoever has canceled a run, or mends what a dead thread has left.
  const error = new CanceledError('The run that this task belongs to was canceled.')
  tree.kill(root, error, error)
}
