import { OptionError } from '../errors.ts'
import { load, replace, store } from '../memory/atomics.ts'
import { now } from '../scheduler/clock.ts'
import { DEDICATED, OFF, ON, RETIRING, WORKER } from '../scheduler/duty.ts'
import { BLOCKED, FORCE, IDLE, OFFER, OWN, RATHER_OWN, sendErrand, takeErrand, TRY } from '../scheduler/errand.ts'
import { DUTY, LIVES, RUNNING } from '../scheduler/registry.ts'
import { hasWards, lose } from '../scheduler/repair.ts'
import { claim, CLAIMED, PUBLISHED, refOf, stateOf, useOf } from '../scheduler/slot.ts'
import { balance } from '../scheduler/spares.ts'
import type { Worker } from '../scheduler/worker.ts'
import type { Crew } from './crew.ts'
import { Executioner } from './executioner.ts'
import { type Hired, provideStaff } from './hire.ts'
import type { Settings } from './options.ts'
import type { Runs } from './runs.ts'
import { Watchdog } from './watchdog.ts'

/** A job that waits for a thread of its own. */
interface Applicant {
  readonly slot: number
  readonly use: number
  /** Must have a thread of its own. */
  readonly must: boolean
  /** Threads that have ended before they began it. */
  readonly deaths: number
}

/** So many threads are tried, in case that it is the job that ends them. */
const MOST_DEATHS = 3

/**
 * The threads that come and go: those of dedicated tasks, spares, more and fewer workers. Who needs one says so by an errand
 * (scheduler/errand.ts), which is read when the event loop turns, or while this thread waits in `runSync`; in other blocking calls of the
 * user's it is not, and no thread is started.
 *
 * A dedicated thread is *engaged* from the errand TRY that it is sent until it says IDLE, with the number of errands that it has done. It may be
 * sent the next one as soon as its job has ended, and may be sent away when it has said that it has done them all.
 */
class Staff implements Hired {
  readonly #worker: Worker
  readonly #crew: Crew
  readonly #runs: Runs
  readonly #settings: Settings
  readonly #executioner: Executioner
  readonly #watchdog: Watchdog | undefined
  /** Dedicated threads that have nothing to do, and since when. */
  readonly #idle = new Map<number, number>()
  readonly #waiting: Applicant[] = []
  /** What each dedicated thread was last sent, and how many there were. */
  readonly #sent = new Map<number, Applicant & { readonly count: number }>()
  #sweeper: NodeJS.Timeout | undefined
  #stopped = false

  constructor(worker: Worker, crew: Crew, runs: Runs, settings: Settings) {
    this.#worker = worker
    this.#crew = crew
    this.#runs = runs
    this.#settings = settings
    this.#executioner = new Executioner(worker, crew)
    const { watchdog } = settings
    if (watchdog !== undefined) this.#watchdog = new Watchdog(worker, () => this.balance(), settings, watchdog)
    if (settings.threads === 0) return
    worker.post.onErrand = errand => this.#heed(errand)
    crew.onVacant = seat => this.#vacated(seat)
    if (settings.mode === '1:1') runs.assign = (slot, use) => this.#assign({ slot, use, must: false, deaths: 0 })
    runs.attend()
  }

  #heed(letter: number): void {
    const { kind, from, job, use, sentence } = takeErrand(this.#worker, letter)
    if (this.#stopped) return
    if (kind === OWN || kind === RATHER_OWN) this.#assign({ slot: job, use, must: kind === OWN, deaths: 0 })
    else if (kind === OFFER) this.#offer(job, use)
    else if (kind === FORCE) this.#executioner.condemn(job, use, sentence!)
    else if (kind === BLOCKED) this.balance()
    else if (kind === IDLE) this.#release(from, job, use)
  }

  // --- threads of one task ------------------------------------------------------------------------------------------

  /** Gives the job a thread of its own; where there is none, it waits for one or, if it need not have one, goes to the others. */
  #assign(applicant: Applicant): void {
    const { slot, use, must } = applicant
    let seat = [...this.#idle.keys()].at(-1) ?? this.#ending()
    if (seat >= 0) this.#idle.delete(seat)
    else if ((seat = this.#crew.vacancy) >= 0) this.#crew.enroll(seat, DEDICATED)
    else if (must) return void this.#waiting.push(applicant)
    else return this.#offer(slot, use)
    this.#sent.set(seat, { ...applicant, count: (this.#sent.get(seat)?.count ?? 0) + 1 })
    sendErrand(this.#worker, seat, TRY, slot, use)
    this.#sweep()
  }

  /** A dedicated thread whose task has ended, though it has not said yet that nobody lives there; else -1. */
  #ending(): number {
    for (const [seat, { slot, use }] of this.#sent) {
      const word = this.#worker.jobs.state(slot)
      const isOver = useOf(word) !== use || stateOf(word) > CLAIMED
      if (isOver && this.#crew.duty(seat) === DEDICATED) return seat
    }
    return -1
  }

  get homes(): number[] {
    const { registry } = this.#worker
    const runs = (seat: number): boolean => load(registry.arena.words, registry.seat(seat) + RUNNING) !== 0
    return this.#crew.seats(DEDICATED).filter(seat => !this.#idle.has(seat) && !runs(seat))
  }

  #offer(slot: number, use: number): void {
    const word = this.#worker.jobs.state(slot)
    if (stateOf(word) === PUBLISHED && useOf(word) === use) this.#runs.again(refOf(slot, word))
  }

  /**
   * A dedicated thread has nothing to do. `lives` tells whether it is the one that sits there now, `done` whether it has done all that it was
   * sent: else it will say so again.
   */
  #release(seat: number, done: number, lives: number): void {
    const { registry } = this.#worker
    const at = registry.seat(seat)
    if (this.#crew.duty(seat) !== DEDICATED || load(registry.arena.words, at + LIVES) !== lives) return
    // (None, if it was started for what the thread before it has left.)
    if ((this.#sent.get(seat)?.count ?? 0) !== done) return
    this.#idle.set(seat, now())
    this.#sweep()
    this.#reassign()
  }

  /** A thread is free, or a seat is. */
  #reassign(): void {
    if (this.#stopped) return
    this.balance()
    while (this.#waiting.length > 0 && (this.#idle.size > 0 || this.#crew.vacancy >= 0)) {
      const applicant = this.#waiting.shift()!
      if (this.#isOpen(applicant)) this.#assign(applicant)
    }
  }

  #isOpen({ slot, use }: Applicant): boolean {
    const word = this.#worker.jobs.state(slot)
    return stateOf(word) === PUBLISHED && useOf(word) === use
  }

  /** A thread has ended. What it was sent and has not begun goes to another, as a job that anybody may take would. */
  #vacated(seat: number): void {
    const sent = this.#sent.get(seat)
    this.#sent.delete(seat)
    this.#idle.delete(seat)
    if (this.#stopped) return
    if (sent !== undefined && this.#isOpen(sent)) {
      const deaths = sent.deaths + 1
      if (deaths < MOST_DEATHS) this.#assign({ ...sent, deaths })
      else this.#lose(sent.slot)
    }
    this.#reassign()
  }

  #lose(slot: number): void {
    const { arena, caller } = this.#worker.registry
    if (claim(arena, slot, this.#worker.jobs.state(slot), caller)) lose(this.#worker, slot)
    this.#runs.soon()
  }

  // --- spares -------------------------------------------------------------------------------------------------------

  /** As many spares work as threads block, as far as there are seats. */
  balance(): void {
    if (this.#stopped) return
    for (let missing = balance(this.#worker.registry); missing > 0; missing--) {
      const seat = this.#crew.vacancy
      if (seat < 0) return
      this.#crew.enroll(seat, ON)
      this.#sweep()
    }
  }

  // --- fewer --------------------------------------------------------------------------------------------------------

  /** Looks now and then for threads that have been idle for long, while there are any that may be. */
  #sweep(): void {
    const { idleTimeout } = this.#settings
    if (idleTimeout === Infinity) return
    this.#sweeper ??= setInterval(() => this.#dismissIdle(), Math.max(5, idleTimeout / 2)).unref()
  }

  /** Spares that were off when last looked for. */
  #resting = new Set<number>()

  #dismissIdle(): void {
    const { arena } = this.#worker.registry
    for (const [seat, since] of this.#idle) {
      // (It may sit there for those that the thread before it has left.)
      if (now() - since < this.#settings.idleTimeout || hasWards(this.#worker, seat)) continue
      this.#idle.delete(seat)
      store(arena.words, this.#worker.registry.seat(seat) + DUTY, RETIRING)
      void this.#crew.dismiss(seat)
    }
    const off = new Set(this.#crew.seats(OFF))
    for (const seat of off) {
      if (!this.#resting.has(seat)) continue
      // Whoever blocks may call it back in this moment.
      if (replace(arena.words, this.#worker.registry.seat(seat) + DUTY, OFF, RETIRING)) void this.#crew.dismiss(seat)
    }
    this.#resting = off
    if (this.#crew.others > 0) return
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }

  async resize(threads: number): Promise<void> {
    const { registry } = this.#worker
    const most = registry.seats - 1
    if (!Number.isInteger(threads) || threads < 1 || threads > most) {
      const hint =
        registry.threads === 0 ? 'This pool was made without threads.' : `Give a whole number from 1 to ${most}.`
      throw new OptionError('resize', threads, hint)
    }
    const now = this.#crew.seats(WORKER)
    for (let count = now.length; count < threads; count++) {
      const seat = this.#crew.vacancy
      if (seat < 0)
        throw new OptionError('resize', threads, `The pool has ${most} threads now, others than workers counted.`)
      this.#crew.enroll(seat, WORKER)
    }
    const leaving = now.slice(threads).map(seat => {
      store(registry.arena.words, registry.seat(seat) + DUTY, RETIRING)
      return this.#crew.dismiss(seat)
    })
    // Nothing else might hold the event loop until they have gone.
    this.#runs.enter()
    await Promise.all(leaving)
    this.#runs.leave()
  }

  stop(): void {
    this.#stopped = true
    clearInterval(this.#sweeper)
    this.#executioner.stop()
    this.#watchdog?.stop()
  }
}

provideStaff((worker, crew, runs, settings) => new Staff(worker, crew, runs, settings))
