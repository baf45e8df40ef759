import type { KilledError } from '../errors.ts'
import { load, store } from '../memory/atomics.ts'
import { verdict } from '../scheduler/notice.ts'
import { DEATHS, WANT } from '../scheduler/registry.ts'
import { needRoom } from '../scheduler/room.ts'
import type { Front, Residents } from '../scheduler/residents.ts'
import { CANCELED, SHIELDS } from '../scheduler/slot.ts'
import type { TaskRecord } from '../scheduler/tasks.ts'
import type { Worker } from '../scheduler/worker.ts'
import { Backlog, FEW } from './backlog.ts'
import { Calls } from './call.ts'
import type { Handle } from './handle.ts'
import type { House } from './house.ts'
import { receive } from './letters.ts'
import { Promises } from './promises.ts'
import { Queue } from './queue.ts'
import { type Body, Resident } from './resident.ts'
import { step } from './step.ts'
import { type Alarm, Timers } from './timers.ts'
import { Tree } from './tree.ts'
import { notWait, Wait } from './wait.ts'
import type { Awaited } from './watch.ts'
import { Watches } from './watches.ts'

/** Steps that residents may take before others have their turn. */
const MOST_STEPS = 64

const NOTHING = [] as const

/** The tasks that live on one seat, in the thread that sits there. What others have to tell them comes by mail. */
export class Household implements Residents, House {
  readonly worker: Worker
  front: Front | undefined
  readonly tree: Tree
  readonly backlog: Backlog
  readonly waits: Watches
  readonly calls: Calls
  #deaths: number
  /** The resident whose body runs now. */
  current: Resident | undefined

  constructor(worker: Worker) {
    this.worker = worker
    this.#deaths = load(worker.registry.arena.words, worker.registry.control + DEATHS)
    this.backlog = new Backlog(worker)
    this.waits = new Watches(worker)
    this.#promises = new Promises(this.waits)
    this.tree = new Tree(this, resident => this.#resume(resident), this.#trouble)
    this.tree.front = () => this.front
    this.calls = new Calls(worker, this.tree, this.backlog, () => this.front?.soon())
    this.waits.onReady = worker.post.onRung = () => this.front?.soon()
    worker.shelves.push(this.backlog)
    worker.lodging.admit(this)
    // What came before there was anybody to read it.
    const { letters } = worker.post
    for (const letter of letters.splice(0)) if (!this.receives(letter)) letters.push(letter)
  }

  get vacant(): boolean {
    return this.tree.vacant && !this.ready
  }

  next(): number {
    // A thread that may block gives all that it spawns to others.
    if (!this.worker.thief.roams) return 0
    const slot = this.backlog.next()
    // Whoever has just become idle would not see the rest while this one runs.
    if (slot !== 0 && this.backlog.waiting > 0) this.show()
    return slot
  }

  /** Keeps a job that was published until this seat comes to it, or somebody else does. */
  stock(job: Handle<unknown>): void {
    this.backlog.add(job)
    this.#stocked()
  }

  #stocked(): void {
    this.show()
    if (this.worker.registry.threads === 0) this.front?.soon()
  }

  /** Makes a child of the task that runs here, and nothing else of it yet; if it can be that. */
  call(record: TaskRecord, args: readonly unknown[], supervised: boolean): Handle<unknown> | undefined {
    const child = this.calls.make(this, record, args, supervised)
    if (child !== undefined) this.#stocked()
    return child
  }

  /** Lets others see some of the backlog, if there are any: enough for all that become idle during a long job. */
  show(): void {
    const { registry, seat, thief } = this.worker
    if (!thief.accompanied) return
    const deque = registry.deques[seat]!
    const most = seat === registry.caller ? deque.capacity : FEW
    while (deque.length < most && this.backlog.offer()) registry.sleepers.wakeOne()
    if (!thief.roams) this.backlog.yield()
  }

  // --- bodies -------------------------------------------------------------------------------------------------------

  keeps(slot: number, record: TaskRecord | undefined, failed: boolean, value: unknown): boolean {
    const { tree, worker } = this
    // Here it may become another's slot, and this thread says that it runs what is in there.
    worker.pulse.end(0)
    // A fork on another seat may have seen that the task is killed, and failed of it, before this seat has read why.
    if (failed && load(worker.registry.arena.words, slot + CANCELED) !== 0) worker.lodging.mail()
    if (record?.waits === true) {
      const resident = tree.resident(slot)
      resident.body = value as Body
      this.#inherit(resident)
      this.#begun = resident
      worker.within(this.#begin, NOTHING)
      return true
    }
    const resident = tree.known(slot)
    if (resident === undefined) return tree.tell(slot, failed, value, worker.lodging.belongings)
    this.#inherit(resident)
    tree.end(resident, failed, value)
    return true
  }

  /** Whose body takes its first step. */
  #begun: Resident | undefined
  readonly #begin = (): void => {
    const resident = this.#begun!
    this.#begun = undefined
    this.#advance(resident, resident.killed === undefined ? undefined : { error: resident.killed })
  }

  #inherit(resident: Resident): void {
    resident.belongings = this.worker.lodging.belongings
    this.worker.lodging.belongings = undefined
  }

  /** Makes a body notice: at once where it is suspended, else at its next fork, join or wait. */
  readonly #trouble = (resident: Resident): void => {
    const { registry, seat } = this.worker
    const { suspended } = resident
    if (suspended === undefined || this.shielded(resident.slot)) {
      store(registry.arena.words, resident.slot + CANCELED, 1)
      store(registry.arena.words, registry.seat(seat) + WANT, 1)
      return
    }
    this.waits.dismiss(resident)
    suspended.withdraw()
    resident.suspended = undefined
    this.#urgent.push(resident)
    this.front?.soon()
  }

  /** Residents in which something must be thrown. */
  readonly #urgent: Queue<Resident> = new Queue()

  soon(): void {
    this.front?.soon()
  }

  kill(slot: number, error: KilledError): void {
    this.tree.kill(slot, error, error.reason)
  }

  heard(child: Handle<unknown>): boolean {
    const resident = this.tree.find(this.worker.root)
    if (resident === undefined || resident.killed !== undefined) return false
    this.#console(resident, child)
    return true
  }

  /** Throws what must be thrown in the body that runs here. */
  check(root: number): void {
    // Mail that the end of the stack cut off would be lost. The root must stop anyway.
    needRoom()
    this.worker.lodging.mail()
    const resident = this.tree.find(root)
    if (resident !== undefined) this.#throwIn(resident)
  }

  /** The same, at a wait. */
  checkpoint(wait: { concerns(handle: object): boolean }): void {
    const resident = this.current
    if (resident === undefined) return
    // Whoever joins the child that has failed gets its error there.
    for (const of of resident.griefs?.keys() ?? []) if (wait.concerns(of)) return this.#console(resident, of)
    this.#throwIn(resident)
  }

  /** A section is under way in which nothing may stop that root. */
  shielded(slot: number): boolean {
    return load(this.worker.registry.arena.words, slot + SHIELDS) !== 0
  }

  #mustThrow(resident: Resident): boolean {
    return resident.troubled && !this.shielded(resident.slot)
  }

  #throwIn(resident: Resident): void {
    if (!this.#mustThrow(resident)) return
    throw resident.killed ?? this.#takeGrief(resident)
  }

  /** The failure of that child need not be thrown in the body any more. */
  #console(resident: Resident, of: Handle<unknown>): void {
    const was = resident.console(of)
    if (was && !resident.troubled) store(this.worker.registry.arena.words, resident.slot + CANCELED, 0)
  }

  // --- steps --------------------------------------------------------------------------------------------------------

  get ready(): boolean {
    const { arena, control } = this.worker.registry
    return (
      this.waits.ready.length > 0 ||
      this.#urgent.length > 0 ||
      this.worker.post.rung.length > 0 ||
      this.calls.fallen.length > 0 ||
      this.backlog.waiting > 0 ||
      // Atomic: whoever goes to sleep looks here after it has announced it, and the repair wakes everybody after it has counted.
      load(arena.words, control + DEATHS) !== this.#deaths
    )
  }

  readonly #timers = new Timers()

  get due(): number {
    return this.#timers.due
  }

  alarm(alarm: Alarm): void {
    this.#timers.add(alarm)
    this.front?.later(this.#timers.due)
  }

  unalarm(): void {
    this.#timers.remove()
  }

  #fire(): void {
    for (let alarm = this.#timers.next(); alarm !== undefined; alarm = this.#timers.next()) this.waits.stir(alarm.watch)
    if (this.front !== undefined && this.due < Infinity) this.front.later(this.due)
  }

  turn(): boolean {
    const { worker } = this
    // Its seat has ceased to take part.
    if (this.backlog.waiting > 0 && !worker.thief.roams) this.show()
    const { arena, control } = worker.registry
    if (arena.words[control + DEATHS] !== this.#deaths) this.#revive()
    if (this.#timers.some) this.#fire()
    const fell = this.calls.fallen.length > 0
    // Their parents may have ended by it, which is in this seat's own mail then.
    if (fell) this.calls.bury()
    if (worker.post.rung.length === 0 && this.#urgent.length === 0 && this.waits.ready.length === 0) return fell
    // In one stack for all of them: to make one for each takes a third of the time of a short step.
    return worker.within(this.#steps, NOTHING) === true || fell
  }

  readonly #steps = (): boolean => {
    const { worker } = this
    let stepped = false
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const { rung } = worker.post
      if (rung.length > 0) for (const subscription of rung.splice(0)) this.waits.rouse(subscription)
      const urgent = this.#urgent.shift()
      if (urgent !== undefined) this.#advance(urgent, { error: urgent.killed ?? this.#takeGrief(urgent) })
      else if (this.waits.ready.length === 0) return stepped
      else this.waits.ready.shift()!.resume()
      stepped = true
    }
    return stepped
  }

  #takeGrief(resident: Resident): unknown {
    const [first] = resident.griefs ?? []
    if (first === undefined) return undefined
    this.#console(resident, first[0])
    return first[1]
  }

  #resume(resident: Resident): void {
    resident.suspended = undefined
    this.#advance(resident, undefined)
  }

  asked: object | undefined

  get stepping(): boolean {
    return this.current?.body !== undefined
  }

  /** Runs the body from one wait to the next until it must be left. */
  #advance(resident: Resident, thrown: { readonly error: unknown } | undefined): void {
    for (let fault = thrown; ;) {
      const current = this.current
      this.current = resident
      let at: IteratorResult<Wait<unknown>, unknown>
      try {
        at = step(this.worker, resident, fault)
      } catch (error) {
        this.current = current
        // A fork that ran elsewhere does not know why it was stopped.
        return this.tree.end(resident, true, verdict(this.worker, resident.slot, error))
      }
      this.current = current
      if (at.done === true) return this.tree.end(resident, false, at.value)
      fault = undefined
      // Yielded by a `yield*`, which has asked it before, and not by a `yield`.
      if (this.asked !== at.value || !(at.value instanceof Wait)) fault = { error: notWait(resident.label) }
      else if (!this.#suspend(resident, at.value)) return
    }
  }

  /** True: it need not wait any more. */
  #suspend(resident: Resident, wait: Wait<unknown>): boolean {
    if (this.#mustThrow(resident)) return true
    resident.suspended = wait
    if (!this.waits.enlist(resident)) return false
    resident.suspended = undefined
    return true
  }

  readonly #promises: Promises

  promise<T>(wait: Awaited & { outcome(): T }): Promise<T> {
    return this.#promises.make(wait, this.front)
  }

  refuse(why: Error): void {
    this.backlog.drop()
    this.tree.refuse(why)
    this.#promises.refuse(why)
  }

  receives(slot: number): boolean {
    return receive(this.worker, this.tree, this.waits, slot)
  }

  /** A thread has died: what it had begun to tell this seat counts as told. */
  #revive(): void {
    const { worker } = this
    const { registry } = worker
    this.#deaths = load(registry.arena.words, registry.control + DEATHS)
    this.waits.revive(() => worker.lodging.mail())
  }
}

/** The household of a worker's seat, made when it is first needed. It gets what has come for those who live there before anybody did. */
export function householdOf(worker: Worker): Household {
  const { residents } = worker.lodging
  if (residents !== undefined) return residents as Household
  return new Household(worker)
}
