import { FilchError, OptionError, refuseOthers } from '../errors.ts'
import { withdraw } from '../live/deposits.ts'
import { countUp, Hold, keepFor } from '../live/hold.ts'
import type { House } from '../live/house.ts'
import { householdOf } from '../live/household.ts'
import type { Watch } from '../live/watch.ts'
import { add, load, store, type Words } from '../memory/atomics.ts'
import { layout } from '../memory/layout.ts'
import { seatOutside } from '../scheduler/lobby.ts'
import { PAYLOAD, SLOT_SIZE, THING } from '../scheduler/slot.ts'
import { currentWorker, type Worker } from '../scheduler/worker.ts'
import { type Envoy, envoys } from '../wire/envoy.ts'

/** What tasks meet at, in shared memory: a HELD slot (live/README.md). */
const record = layout({
  /** Head of the list of subscriptions. */
  list: 1,
  /** Objects that stand for it, in all threads and on their way. Who takes it to 0 frees it: nobody waits then. */
  holds: 1,
  /** The word that changes by one atomic step; what it means is the kind's own. */
  state: 1,
  /** Or this one: address of a value that was put there (Jobs.deposit), freed with the record; 0 if there is none. */
  value: 1,
  /** Written once, when it is made. */
  constant: 1,
  /** A hint for messages. */
  hint: 1,
})
const LIST: number = PAYLOAD + record.at.list
const HOLDS: number = PAYLOAD + record.at.holds
export const STATE: number = PAYLOAD + record.at.state
export const VALUE: number = PAYLOAD + record.at.value
export const CONSTANT: number = PAYLOAD + record.at.constant
export const HINT: number = PAYLOAD + record.at.hint

/** Where something is made. */
export interface Where {
  /** Outside of tasks: the pool whose tasks shall have it. Default: the default pool. */
  readonly pool?: { readonly name: string; readonly threads: number }
}

/**
 * Something in shared memory that tasks meet at, of whatever kind. It can be sent. It lasts as long as any task or thread has it: a
 * task has what it made and what it was given until it ends, the thread that made the pool until the object is collected.
 */
export abstract class Held implements Envoy {
  /** @internal */
  readonly house: House
  /** @internal Address of its record. */
  readonly slot: number
  /** @internal */
  readonly watch: Watch
  readonly #hold: Hold

  constructor(house: House, slot: number) {
    this.house = house
    this.slot = slot
    this.watch = house.waits.at(slot + LIST)
    this.#hold = new Hold(house.worker, slot, letGo)
    keepFor(house.worker, this.#hold, this)
  }

  /** @internal The pool's memory, in which the record lies. */
  get words(): Words {
    if (this.#hold.released) {
      throw new FilchError(
        'ERR_FILCH_RELEASED',
        `${this.constructor.name}: the task that had this object has ended. Return it, or send it, to whoever shall have it.`,
      )
    }
    return this.house.worker.registry.arena.words
  }

  /** @internal After what tasks wait for has happened. */
  ring(): void {
    this.house.worker.post.ring(this.slot + LIST)
  }

  /** @internal One more reference to its record. */
  retain(): Hold {
    const { worker } = this.house
    add(this.words, this.slot + HOLDS, 1)
    return new Hold(worker, this.slot, letGo)
  }

  /** @internal */
  get home(): object {
    return this.house.worker
  }

  /** Of the protocol between filch's rooms: not to be called. */
  depart(): readonly number[] {
    add(this.words, this.slot + HOLDS, 1)
    return [this.slot]
  }
}

function letGo(worker: Worker, slot: number): void {
  const { arena } = worker.registry
  if (add(arena.words, slot + HOLDS, -1) !== 1) return
  worker.post.close(slot + LIST)
  const value = load(arena.words, slot + VALUE)
  if (value !== 0) withdraw(worker, value)
  worker.jobs.free(slot)
}

function checkWhere(where: Where): void {
  if (typeof where !== 'object' || where === null) throw new OptionError('where', where, 'Give { pool }, or nothing.')
  refuseOthers('An option of what tasks meet at', where, ['pool'], 'There is: pool.')
}

/** Makes a record, and the object that stands for it in this thread. */
export function make<H extends Held>(
  made: new (house: House, slot: number) => H,
  where: Where,
  state: number,
  constant: number,
): H {
  checkWhere(where)
  const worker = currentWorker() ?? seatOutside(made.name, where.pool)
  const slot = worker.jobs.hold(THING)
  const { words } = worker.registry.arena
  words[slot + LIST] = 0
  words[slot + HOLDS] = 1
  words[slot + CONSTANT] = constant
  words[slot + HINT] = words[slot + VALUE] = 0
  store(words, slot + STATE, state)
  return new made(householdOf(worker), slot)
}

/** Lets objects of this class cross; see {@link envoys}. */
export function crossing(kind: number, made: new (house: House, slot: number) => Held): void {
  envoys<Worker>(kind, made.prototype as object, {
    many: true,
    arrive(worker, words, copy) {
      const [slot] = words as [number]
      worker.registry.arena.reach(slot + SLOT_SIZE)
      if (copy) countUp(worker, slot + HOLDS)
      return new made(householdOf(worker), slot)
    },
    recall(worker, [slot]) {
      worker.registry.arena.reach(slot! + SLOT_SIZE)
      letGo(worker, slot!)
    },
  })
}
