import { exchange, load } from '../memory/atomics.ts'
import { type Belongings, releaseAll } from '../scheduler/belongings.ts'
import type { Front } from '../scheduler/residents.ts'
import {
  CLAIMED,
  DELIVERY,
  DONE,
  FAILED,
  HOLDS,
  JOINED,
  KEPT,
  PARENT,
  seatOf,
  SIBLING,
  SLOT_SIZE,
  stateOf,
  STRAYS,
  SUPERVISED,
  useOf,
  WATCHERS,
} from '../scheduler/slot.ts'
import { Handle } from './handle.ts'
import type { House } from './house.ts'
import { nameOf } from './name.ts'
import { isPrimitive } from './primitive.ts'
import { Resident } from './resident.ts'
import { Wards } from './wards.ts'

interface Condemned {
  readonly resident: Resident
  readonly error: Error
  readonly reason: unknown
}

/** Who belongs to whom, on one seat. A task ends after its children; a failure or a kill goes down at once, and up if nobody asks for it. */
export class Tree {
  readonly #house: House
  readonly #resume: (resident: Resident) => void
  readonly #onTrouble: (resident: Resident) => void
  /** Roots of this seat, by slot: generators, and who has children. */
  readonly #residents = new Map<number, Resident>()
  /** Children of theirs, and tasks without a parent that were spawned here, by slot. */
  readonly #wards = new Wards()
  /** Of the thread that made the pool. */
  front: () => Front | undefined = () => undefined

  /** `onTrouble`: something must be thrown in the body of that resident. */
  constructor(house: House, resume: (resident: Resident) => void, onTrouble: (resident: Resident) => void) {
    this.#house = house
    this.#resume = resume
    this.#onTrouble = onTrouble
  }

  get vacant(): boolean {
    return this.#residents.size === 0 && this.#wards.isEmpty
  }

  all(): Iterable<Resident> {
    return this.#residents.values()
  }

  find(slot: number): Resident | undefined {
    return this.#residents.get(slot)
  }

  /** The same, or one that has children of which this seat does not know yet. */
  known(slot: number): Resident | undefined {
    const { words } = this.#house.worker.registry.arena
    return this.#residents.get(slot) ?? (words[slot + STRAYS] === 0 ? undefined : this.resident(slot))
  }

  /** The root that runs in `slot`, on this seat. */
  resident(slot: number): Resident {
    let resident = this.#residents.get(slot)
    if (resident === undefined) {
      resident = new Resident(this.#resume, slot, this.#labelOf(slot))
      this.#residents.set(slot, resident)
    }
    return resident
  }

  /** This seat will be told of its end. */
  adopt(child: Handle<unknown>, parent: Resident | undefined): void {
    this.enrol(child)
    child.parent = parent
    parent?.bear(child)
    if (parent === undefined) this.front()?.enter()
  }

  /** It has a slot. */
  enrol(child: Handle<unknown>): void {
    this.#wards.add(this.#house.worker.registry.arena.words, child)
  }

  /** Children that forks of this root have spawned on other seats. */
  #adoptStrays(parent: Resident): void {
    const { arena } = this.#house.worker.registry
    let slot = exchange(arena.words, parent.slot + STRAYS, 0)
    while (slot !== 0) {
      arena.reach(slot + SLOT_SIZE)
      const { words } = arena
      const word = this.#house.worker.jobs.state(slot)
      const child = new Handle<unknown>(this.#house, slot, useOf(word), this.#labelOf(slot))
      child.supervised = words[slot + SUPERVISED] === 1
      this.adopt(child, parent)
      slot = words[slot + SIBLING]!
    }
  }

  /** A root runs in that slot on this seat. It may have begun as no resident: its forks on other seats make it one by spawning. */
  #livesHere(slot: number): boolean {
    if (slot === 0) return false
    const { worker } = this.#house
    const word = worker.jobs.state(slot)
    if (stateOf(word) !== CLAIMED || seatOf(word) !== worker.seat) return false
    return worker.registry.arena.words[slot + DELIVERY] !== JOINED
  }

  #labelOf(slot: number): string {
    return nameOf(this.#house.worker, slot)
  }

  /** The body has returned `value`, or thrown it. */
  end(resident: Resident, failed: boolean, value: unknown): void {
    this.#adoptStrays(resident)
    resident.body = undefined
    resident.over = true
    if (resident.griefs !== undefined && !failed) {
      failed = true
      ;[value] = resident.griefs.values()
    }
    if (resident.killed !== undefined) {
      failed = true
      value = resident.killed
    }
    const { belongings, slot } = resident
    resident.belongings = undefined
    if (resident.youngest === undefined && this.tell(slot, failed, value, belongings)) {
      this.#residents.delete(slot)
      return releaseAll(belongings)
    }
    this.#conclude(resident, failed, value)
    releaseAll(belongings)
    if (failed) this.#orphan(resident, value)
    this.#finish(resident)
  }

  #conclude(resident: Resident, failed: boolean, value: unknown): void {
    const { jobs } = this.#house.worker
    try {
      jobs.conclude(resident.slot, value, failed)
      resident.failed = failed
    } catch (error) {
      resident.failed = true
      jobs.conclude(resident.slot, error, true)
    }
  }

  /** Ends the root once body and children have ended. */
  #finish(resident: Resident): void {
    if (!resident.over || resident.youngest !== undefined) return
    this.#residents.delete(resident.slot)
    this.#house.worker.finish(resident.slot, resident.failed ? FAILED : DONE, true)
  }

  /** The parent ends early, and its children with it. */
  #orphan(resident: Resident, reason: unknown): void {
    // A killed child leaves the list when its end is heard of, not here.
    for (let child = resident.youngest; child !== undefined; child = child.elder) child.doom(reason)
  }

  /** A ward has ended: its outcome goes into its handle. */
  bury(slot: number): void {
    const { words } = this.#house.worker.registry.arena
    let child = this.#wards.find(words, slot)
    if (child === undefined) {
      const parent = words[slot + PARENT]!
      if (this.#livesHere(parent)) this.#adoptStrays(this.resident(parent))
      child = this.#wards.find(words, slot)
    }
    if (child === undefined) {
      // Of a parent that was lost with the thread before this one.
      this.#house.worker.jobs.letGo(slot, KEPT)
      return
    }
    this.#wards.remove(words, slot)
    const watched = child.awaited || words[slot + WATCHERS] !== 0 || load(words, slot + SUPERVISED) === 1
    child.close()
    this.#part(child, watched)
  }

  /**
   * A task that ran here has ended. True: it is a child of this seat that nobody else knows of, so its handle gets the outcome as it is.
   */
  tell(slot: number, failed: boolean, value: unknown, belongings: Belongings): boolean {
    // An error may name what the task has and is about to let go of; in a message it would not be.
    if (failed && belongings !== undefined) return false
    const { counters, registry } = this.#house.worker
    const { words } = registry.arena
    // Plain: it has ended, and who else could come to know of it would have to be told by this thread.
    if (words[slot + HOLDS] !== KEPT || words[slot + WATCHERS] !== 0 || !(failed || isPrimitive(value))) return false
    const child = this.#wards.find(words, slot)
    if (child === undefined) return false
    this.#wards.remove(words, slot)
    const watched = child.awaited
    child.conclude(failed, value)
    this.#part(child, watched)
    counters.jobs++
    this.#house.calls.leave(slot)
    return true
  }

  /** A child that has no slot has ended. */
  hear(child: Handle<unknown>): void {
    const watched = child.awaited
    child.land()
    this.#part(child, watched)
  }

  #part(child: Handle<unknown>, watched: boolean): void {
    const parent = child.parent as Resident | undefined
    if (parent === undefined) {
      this.front()?.leave()
      return
    }
    parent.lose(child)
    const { failure } = child
    if (failure !== undefined && !child.supervised && !watched) this.#grieve(parent, child, failure.error)
    this.#finish(parent)
  }

  /** A child has failed, and nobody waits for it: its parent must know. */
  #grieve(parent: Resident, child: Handle<unknown>, error: unknown): void {
    if (parent.killed !== undefined) return
    if (parent.over) {
      if (parent.failed) return
      this.#conclude(parent, true, error)
      this.#orphan(parent, error)
      return
    }
    parent.grieve(child, error)
    this.#onTrouble(parent)
  }

  /** Ends a root of this seat early, with this error, and its children with it. */
  kill(slot: number, error: Error, reason: unknown): void {
    const resident = this.resident(slot)
    if (resident.killed !== undefined) return
    resident.killed = error
    this.#condemned.push({ resident, error, reason })
    if (this.#condemned.length > 1) return
    try {
      // Those below it are added meanwhile: in turn, not in each other, however deep the tree. None of them can end before its turn.
      for (let i = 0; i < this.#condemned.length; i++) this.#stop(this.#condemned[i]!)
    } finally {
      this.#condemned.length = 0
    }
  }

  /** Who is being killed now, and those below who will be next. */
  readonly #condemned: Condemned[] = []

  #stop({ resident, error, reason }: Condemned): void {
    if (resident.over) this.#conclude(resident, true, error)
    else this.#adoptStrays(resident)
    // In a section in which nothing may stop it, it may be waiting for its children: they are stopped when it has ended.
    if (resident.over || !this.#house.shielded(resident.slot)) this.#orphan(resident, reason)
    if (!resident.over) this.#onTrouble(resident)
  }

  /** The pool has ended before them. */
  refuse(why: Error): void {
    const { words } = this.#house.worker.registry.arena
    for (const child of this.#wards) {
      child.lose(why)
      this.#wards.remove(words, child.slot)
      if (child.parent === undefined) this.front()?.leave()
    }
    for (const resident of this.#residents.values()) for (const child of resident.children()) child.lose(why)
  }
}
