import { store } from '../memory/atomics.ts'
import { type Registry, SOLO } from '../scheduler/registry.ts'
import { needRoom } from '../scheduler/room.ts'
import {
  CLAIMED,
  HOME,
  KEEPER,
  LOCALS,
  PARENT,
  retire,
  SPAWNED,
  STATE,
  stateOf,
  seatOf,
  SUPERVISED,
  useOf,
  withState,
} from '../scheduler/slot.ts'
import type { TaskRecord } from '../scheduler/tasks.ts'
import { Writer } from '../wire/writer.ts'
import type { Worker } from '../scheduler/worker.ts'
import type { Backlog } from './backlog.ts'
import { Handle } from './handle.ts'
import type { House } from './house.ts'
import { isPrimitive } from './primitive.ts'
import type { Tree } from './tree.ts'

/**
 * A child that is spawned with values that cannot change is a mere call at first: its task and its arguments are in its handle, which is
 * in the backlog and among the children of its parent. It has no slot, so nobody else can know of it; it gets one when it begins, when it
 * is offered to others, or when somebody asks for what only a slot has (`Handle.slot`). Most begin where they were spawned, one after the
 * other, all in the same slot. It dies with its thread, as its parent does, which lives there.
 */
export class Calls {
  readonly #worker: Worker
  readonly #tree: Tree
  readonly #backlog: Backlog
  readonly #soon: () => void
  /** The worker's own may be in the middle of a message: one that names a call gives it a slot. */
  readonly #writer: Writer
  /** The slot of the last call that ended, for the next: FREE, and on no list. 0: there is none. If this thread dies, the repair finds it as any other. */
  #berth = 0
  /** Calls that have ended without beginning, and of which their parents have not heard: in turn, not in each other. */
  readonly fallen: Handle<unknown>[] = []

  constructor(worker: Worker, tree: Tree, backlog: Backlog, soon: () => void) {
    this.#worker = worker
    this.#tree = tree
    this.#backlog = backlog
    this.#soon = soon
    this.#writer = new Writer(worker.jobs.carrier)
  }

  /** A child of the task that runs here, in the backlog; undefined: it needs a slot at once. */
  make(house: House, record: TaskRecord, args: readonly unknown[], supervised: boolean): Handle<unknown> | undefined {
    // A child that the end of the stack cut off would be in the backlog, and not among those of its parent.
    needRoom()
    const { jobs, registry, root, seat } = this.#worker
    const { words } = registry.arena
    if (root === 0 || words[root + LOCALS] !== 0 || isSolo(registry) || !args.every(isPrimitive)) return undefined
    const home = jobs.state(root)
    if (stateOf(home) !== CLAIMED || seatOf(home) !== seat) return undefined
    const parent = this.#tree.resident(root)
    const child = new Handle<unknown>(house, 0, 0, record, false, args)
    child.parent = parent
    child.supervised = supervised
    this.#backlog.add(child)
    parent.bear(child)
    return child
  }

  /** Gives it a slot, PUBLISHED. Throws if there is no memory for that. Only where there is {@link needRoom}. */
  place(child: Handle<unknown>): void {
    const { jobs } = this.#worker
    const { args } = child
    const { writer } = jobs
    jobs.writer = this.#writer
    try {
      jobs.write(args)
      this.#seat(child, jobs.make(this.#idOf(child), args.length, SPAWNED, 0))
    } finally {
      jobs.writer = writer
    }
    jobs.publish(child.slot)
  }

  /** Runs it on top of this stack. */
  begin(child: Handle<unknown>): void {
    needRoom()
    const slot = this.claim(child)
    this.#backlog.remove(child)
    this.#worker.execute(slot)
  }

  /** Gives it a slot, CLAIMED, for whoever executes that before any other. Throws if there is no memory for it. */
  claim(child: Handle<unknown>): number {
    const { jobs, registry, seat } = this.#worker
    const { args } = child
    const task = this.#idOf(child)
    let slot = this.#berth
    if (slot === 0) slot = jobs.make(task, 0, SPAWNED, 0)
    else {
      this.#berth = 0
      jobs.fill(slot, task, 0, SPAWNED, 0)
    }
    this.#seat(child, slot)
    const { words } = registry.arena
    // Nobody has a ref to this use of the slot. Atomic for the repair, which sees the slot with its parent of now or not at all.
    store(words, slot + STATE, withState(words[slot + STATE]!, CLAIMED, seat))
    jobs.handed = args
    jobs.handedTo = slot
    return slot
  }

  /** A child of this seat has ended in that slot, and nobody else knows of it. */
  leave(slot: number): void {
    const { jobs, registry, seat } = this.#worker
    const { words } = registry.arena
    if (this.#berth !== 0 || words[slot + HOME] !== seat) return jobs.free(slot)
    jobs.empty(slot)
    retire(words, slot)
    this.#berth = slot
  }

  #idOf({ callee }: Handle<unknown>): number {
    return this.#worker.registry.directory.idOf(callee!)
  }

  /** The slot in which it will be. */
  #seat(child: Handle<unknown>, slot: number): void {
    const { jobs, registry, seat } = this.#worker
    const { words } = registry.arena
    words[slot + PARENT] = child.parent!.slot
    words[slot + KEEPER] = seat
    words[slot + SUPERVISED] = Number(child.supervised)
    child.settle(slot, useOf(jobs.state(slot)))
    this.#tree.enrol(child)
  }

  /** It was killed, or there was no memory for it. */
  fell(child: Handle<unknown>): void {
    this.fallen.push(child)
    this.#soon()
  }

  /** Tells the parents of those. */
  bury(): void {
    for (let child = this.fallen.pop(); child !== undefined; child = this.fallen.pop()) {
      this.#tree.hear(child)
    }
  }
}

function isSolo({ arena, control }: Registry): boolean {
  return arena.words[control + SOLO] === 1
}
