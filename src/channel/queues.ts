import { Chain } from '../lockfree/chain.ts'
import { Ring } from '../lockfree/ring.ts'
import type { Worker } from '../scheduler/worker.ts'
import { NEXT, PREV } from './cells.ts'
import * as at from './record.ts'

/** The queue of a channel without bound, or of capacity 0, as this thread sees it. */
export function chainAt(worker: Worker, slot: number): Chain {
  return new Chain(worker.registry.arena, slot + at.HEAD, slot + at.FRONT, PREV, NEXT)
}

/** That of a bounded channel. */
export function ringAt(worker: Worker, slot: number, places: number, capacity: number): Ring {
  return new Ring(worker.registry.arena, places, capacity, {
    tail: slot + at.TAIL,
    taken: slot + at.TAKEN,
    asleep: slot + at.ASLEEP,
    wanted: slot + at.WANTED,
  })
}
