import { now } from './clock.ts'
import { CONTENDED, EMPTY } from '../lockfree/deque.ts'
import { load, pause, store } from '../memory/atomics.ts'
import type { Counters } from './counters.ts'
import type { Modules } from './modules.ts'
import { roams } from './duty.ts'
import { ACTIVE, DUTY, type Registry, THIEVES, WANT } from './registry.ts'
import { claim, isBound, isDead, names, PUBLISHED, ROOT, slotOf, STATE, stateOf, TASK } from './slot.ts'
import type { TaskRecord } from './tasks.ts'

/** A job, with its theft, that is not worth it, in ms. */
const SHORT = 0.002
/** The longest that a thief leaves others alone, in ms: shorter than it looks for work before it sleeps. */
const MOST_PAUSE = 0.016

/**
 * Finds and claims work for one seat.
 *
 * A thief takes only **ripe** jobs: it compares a deque's pulse with what it was when it last looked, about a microsecond
 * ago, and leaves the deque alone if it has moved. Tiny forks, which their owner takes back at once, come and go
 * in between and are not disturbed; a coarse one is taken a microsecond late. The caller's deque is exempt: nobody takes back there.
 *
 * A thief that has nothing else to do **paces itself**: after each job that was shorter than its theft it leaves the others alone for twice as long.
 * A theft costs its victim as much as a small job does, so a victim of many is the slower the faster they are taken. What is long is taken some
 * microseconds late at most.
 */
export class Thief {
  readonly #registry: Registry
  readonly #seat: number
  /** Address of this seat's duty. */
  readonly #duty: number
  /** Pulse of each deque when this seat last looked. */
  readonly #pulses: number[]
  /** Its oldest job then, if it was not ripe. */
  readonly #oldest: number[]
  /** The tasks known in this thread, by their number in the pool. */
  readonly #known: (TaskRecord | undefined)[] = []
  #victim: number
  #random: number
  /** A task that was met but is not known in this thread; taken by {@link missing}. */
  #missing = -1
  /** When the last job was taken, in ms; 0 once its length is known. */
  #took = 0
  /** How long the others are left alone after a short one, in ms, and until when. */
  #pause = 0
  #until = 0
  /** The last look met jobs, or their traces, but none was ripe. */
  restless = false
  readonly #counters: Counters
  readonly #modules: Modules

  constructor(registry: Registry, seat: number, counters: Counters, modules: Modules) {
    this.#registry = registry
    this.#counters = counters
    this.#modules = modules
    this.#seat = seat
    this.#duty = registry.seat(seat) + DUTY
    this.#pulses = registry.deques.map(() => 0)
    this.#oldest = registry.deques.map(() => 0)
    this.#victim = registry.caller
    this.#random = (seat + 1) * 0x9e3779b9
  }

  /**
   * One look at every deque: first `preferred` (the seat to steal back from, or -1), then the last victim, then from a
   * random one on. Returns the slot claimed, or 0. A thread that takes nothing from others in general still helps `preferred` with
   * jobs of `root`: they are part of what it waits for.
   */
  take(preferred: number, root: number): number {
    this.restless = false
    // Plain: a hint. The look that precedes sleep is another (`anything`).
    const seats = this.#registry.recentlyInUse
    if (!this.roams) return preferred >= 0 ? this.#rob(preferred, root) : 0
    if (preferred < 0 && this.#paces()) {
      this.restless = true
      return this.#rob(this.#registry.caller) || this.own()
    }
    const last = this.#victim
    if (preferred >= 0) {
      const slot = this.#rob(preferred)
      if (slot !== 0) return slot
    }
    if (last !== preferred) {
      const slot = this.#rob(last)
      if (slot !== 0) return slot
    }
    // xorshift (Marsaglia 2003)
    let r = this.#random
    r ^= r << 13
    r ^= r >>> 17
    r ^= r << 5
    this.#random = r
    let seat = (r >>> 0) % seats
    for (let i = 0; i < seats; i++) {
      // Not twice in one pass: the second look would find the pulse unchanged after no time at all.
      const slot = seat === preferred || seat === last ? 0 : this.#rob(seat)
      if (slot !== 0) {
        this.#victim = seat
        return slot
      }
      if (++seat === seats) seat = 0
    }
    return 0
  }

  /** The last job taken from another worker was short, and not long ago. */
  #paces(): boolean {
    const at = now()
    if (this.#took > 0) {
      this.#pause = at - this.#took < SHORT ? Math.min(MOST_PAUSE, 2 * this.#pause + SHORT) : 0
      this.#until = at + this.#pause
      this.#took = 0
    }
    return at < this.#until
  }

  /** One look at this seat's own deque. */
  own(): number {
    return this.#rob(this.#seat)
  }

  #rob(victim: number, only = 0): number {
    const deque = this.#registry.deques[victim]!
    const { arena, caller } = this.#registry
    const pulse = deque.pulse
    const moved = pulse !== this.#pulses[victim]
    this.#pulses[victim] = pulse
    const ripe = !moved || (victim === caller && load(arena.words, this.#registry.seat(caller) + ACTIVE) === 0)
    if (!deque.maybe) {
      // Jobs come and go there: between two of them it is empty, and sound sleep would end at the next.
      if (!ripe) this.restless = true
      return 0
    }
    for (;;) {
      const ref = deque.look()
      if (ref === EMPTY || ref === CONTENDED) return 0
      if (!ripe && ref !== this.#oldest[victim]) {
        // Perhaps a tiny one. If it is still the oldest at the next look, it is ripe, however busy its owner is behind it.
        this.#oldest[victim] = ref
        this.restless = true
        return 0
      }
      const slot = slotOf(arena, ref)
      const word = load(arena.words, slot + STATE)
      if (!deque.stands()) continue
      // A job that ended where it was spawned leaves its entry, and its slot to the next: 1024 uses later the entry names that. It may be
      // taken then as if it had been offered, unless it is bound to a thread, and waits in its mail.
      if (stateOf(word) !== PUBLISHED || !names(ref, word) || isBound(arena.words, slot)) {
        deque.forget()
        // That was not the owner: else a thief would clear one dead entry a look, and come late to what lies behind hundreds.
        this.#pulses[victim] = deque.pulse
        continue
      }
      // Plain, and perhaps of another publication by now: then the claim fails.
      const task = arena.words[slot + TASK]!
      if (!this.knows(task)) return 0
      // Plain, as the task.
      if (only !== 0 && arena.words[slot + ROOT] !== only) return 0
      if (!claim(arena, slot, word, this.#seat)) continue
      deque.forget()
      this.#pulses[victim] = deque.pulse
      // The victim has one job fewer to offer: let it publish the next. After the claim, so that the owner, who clears
      // the word before it pushes, does not clear what stands for a later theft.
      store(arena.words, this.#registry.seat(victim) + WANT, 1)
      this.#counters.steals++
      if (victim !== caller && victim !== this.#seat) this.#took = now()
      return slot
    }
  }

  /** Anybody else could take a job of this seat: a fork has no use for being published otherwise. */
  get accompanied(): boolean {
    const { arena, threads, caller, control } = this.#registry
    if (this.#seat === caller) return threads > 0
    // Plain: hints. The caller sets its own for the time of a `runSync`; whoever changes the number sets every want word.
    const others = threads + arena.words[control + THIEVES]! - Number(this.roams)
    return others > 0 || arena.words[this.#registry.seat(caller) + ACTIVE] === 1
  }

  /** This seat takes work from others. Plain: whoever changes its duty rings its bell. */
  get roams(): boolean {
    return roams(this.#registry.arena.words[this.#duty]!)
  }

  /** The task with this number, if this thread has imported its module. */
  taskOf(id: number): TaskRecord | undefined {
    const known = this.#known[id]
    if (known !== undefined) return known
    try {
      return (this.#known[id] = this.#registry.directory.taskOf(id))
    } catch (error) {
      // Its number was given to other text: nothing of this module is what others take it for.
      this.#modules.refuse(this.#registry.directory.urlOf(id), error as Error)
      return undefined
    }
  }

  /** This seat can have residents: generators may begin here. */
  hosts = false

  /** True if this thread can run the task, or knows why it cannot; else it is noted for {@link missing}. */
  knows(task: number): boolean {
    const record = this.taskOf(task)
    if (record !== undefined && (this.hosts || !record.waits)) return true
    if (record === undefined && this.#modules.isSettled(task)) return true
    this.#missing = task
    return false
  }

  /** True if a job was met that this thread cannot run yet: see {@link missing}. */
  get lacks(): boolean {
    return this.#missing >= 0
  }

  /** Number of a task that stopped this seat from taking a job since the last call, because something must be imported; or -1. */
  missing(): number {
    const task = this.#missing
    this.#missing = -1
    return task
  }

  /** True if some deque holds a job that may be claimed: the look between announcing sleep and sleeping. */
  anything(): boolean {
    if (!this.roams) return false
    const { deques, arena, inUse } = this.#registry
    for (let seat = 0; seat < inUse; seat++) {
      const deque = deques[seat]!
      for (;;) {
        const ref = deque.look()
        if (ref === EMPTY) break
        if (ref === CONTENDED) continue
        if (!isDead(arena, ref)) return true
        deque.forget()
      }
    }
    return false
  }
}

/** About a microsecond, politely. By the clock: what a pause takes differs tenfold between processors. */
export function breathe(): void {
  const end = now() + 0.001
  do pause()
  while (now() < end)
}
