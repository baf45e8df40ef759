import { load, replace, store } from '../memory/atomics.ts'
import { DEDICATED, LEAVING, OFF, RETIRING, roams } from './duty.ts'
import { IDLE, jobOf, openLetter, sendErrand } from './errand.ts'
import { ignore } from './notice.ts'
import { ACTIVE, DUTY, IMPORTING, LIVES, THIEVES } from './registry.ts'
import { CLAIMED, DELIVERY, ERRAND, NOTICE, stateOf, TASK } from './slot.ts'
import { breathe } from './thief.ts'
import { DOZE, LOOKS, NAP } from './wait.ts'
import type { Worker } from './worker.ts'

/** Dozes in a row before the thread's event loop has its turn. */
const MOST_DOZES = 16

/** What the loop needs of the platform. */
export interface Ground {
  /** Imports a module of tasks. */
  load(url: string): Promise<unknown>
  /** Gives the worker its residents, and what was mailed to them before. */
  live(worker: Worker): Promise<void>
  /** Lets the thread's event loop turn once: timers, messages and uncaught errors of the user's modules have their time. */
  turn(): Promise<void>
}

/**
 * The life of a thread in its seat: works, looks for work, imports what it lacks, sleeps, until the pool stops. One that takes nothing
 * from others (duty.ts) does what it is sent, and looks after those who live on its seat.
 */
export class Loop {
  readonly #worker: Worker
  readonly #ground: Ground
  constructor(worker: Worker, ground: Ground) {
    this.#worker = worker
    this.#ground = ground
  }

  async run(): Promise<void> {
    const { registry, seat, thief } = this.#worker
    store(registry.arena.words, registry.seat(seat) + ACTIVE, 1)
    while (!this.#worker.stopped) {
      this.#work()
      const task = thief.missing()
      this.#worker.questions.attend(registry)
      if (task >= 0 && this.#worker.thief.taskOf(task) === undefined) await this.#import(task)
      else if (task >= 0 || this.#strange) await this.#ground.live(this.#worker)
      else if (!thief.roams && this.#isDismissed()) return
      else if (!thief.roams || !this.#seek()) {
        await this.#ground.turn()
        if (thief.roams) this.#rest()
        else this.#standBy()
      }
    }
  }

  /** The stack is empty here, so importing is safe. Either the tasks are known afterwards, or there is a reason to fail them. */
  async #import(task: number): Promise<void> {
    const { modules, registry, seat } = this.#worker
    const url = registry.directory.urlOf(task)
    const importing = registry.seat(seat) + IMPORTING
    // If the module ends this thread, the caller knows which one it was.
    store(registry.arena.words, importing, task + 1)
    try {
      await this.#ground.load(url)
      modules.imported(url)
      registry.directory.absolve(task)
    } catch (error) {
      modules.failed(url, error)
    }
    store(registry.arena.words, importing, 0)
  }

  /** Runs jobs until there is none, or something must be imported: jobs and residents may keep coming for ever. */
  #work(): void {
    const worker = this.#worker
    do {
      this.#mail()
      const stepped = worker.lodging.residents?.turn() === true
      const job = worker.lodging.next(-1, 0)
      if (job !== 0) this.#execute(job)
      else if (!stepped) return
    } while (!worker.stopped && !worker.thief.lacks)
  }

  /** Runs what was sent to this seat alone, as soon as the tasks are known here. */
  #mail(): void {
    const worker = this.#worker
    const { letters } = worker.post
    const { arena } = worker.registry
    worker.lodging.mail()
    while (letters.length > 0 && !this.#strange) {
      const slot = jobOf(worker, letters[0]!)
      if (slot !== 0 && !worker.thief.knows(arena.words[slot + TASK]!)) return
      this.#idle = false
      if (arena.words[letters[0]! + DELIVERY] === ERRAND) this.#letters++
      const claimed = openLetter(worker, 0)
      if (claimed !== 0) this.#execute(claimed)
    }
  }

  /** The first letter is no job, so it is for residents; but there have been none yet. */
  get #strange(): boolean {
    const { jobs, post, registry } = this.#worker
    const { words } = registry.arena
    const { letters } = post
    while (letters.length > 0 && stateOf(jobs.state(letters[0]!)) > CLAIMED) {
      const delivery = words[letters[0]! + DELIVERY]
      if (delivery !== NOTICE) return delivery !== ERRAND
      ignore(this.#worker, letters.shift()!)
    }
    return false
  }

  get #mailed(): boolean {
    return this.#worker.post.holds || this.#worker.lodging.called
  }

  /** The maker knows that nobody lives here. */
  #idle = false
  /** Errands that have been heeded. */
  #letters = 0

  /** True if this thread shall end, and may. What it has left in its deque and its mail is the repair's. */
  #isDismissed(): boolean {
    const { registry, seat, lodging, post } = this.#worker
    const { words } = registry.arena
    const duty = load(words, registry.seat(seat) + DUTY)
    if (duty === LEAVING) replace(words, registry.seat(seat) + DUTY, LEAVING, OFF)
    if (lodging.residents?.vacant === false || post.letters.length > 0 || this.#mailed) return false
    if (duty === DEDICATED && !this.#idle) {
      this.#idle = true
      sendErrand(this.#worker, registry.caller, IDLE, this.#letters, load(words, registry.seat(seat) + LIVES))
    }
    return duty === RETIRING
  }

  /** Sleeps until somebody has something for this seat. */
  #standBy(): void {
    const { registry, seat, lodging, counters, questions } = this.#worker
    registry.sleepers.announce(seat, false)
    // After the announcement: whoever changes the duty stores it and rings then.
    const duty = load(registry.arena.words, registry.seat(seat) + DUTY)
    const isChanged = roams(duty) || duty === LEAVING || (duty === RETIRING && lodging.residents?.vacant !== false)
    if (!isChanged && !this.#mailed && !this.#worker.stopped && !questions.open(registry)) {
      counters.sleeps++
      counters.flush()
      registry.sleepers.sleep(seat, Math.min(NAP, lodging.due))
    }
    registry.sleepers.cancel(seat)
  }

  /** Looks for work for a while. True if there is something to do. */
  #seek(): boolean {
    const { registry, seat } = this.#worker
    const { sleepers } = registry
    this.#sought = true
    sleepers.seek(seat)
    const job = this.#find(LOOKS)
    sleepers.found(seat)
    if (job !== 0) this.#execute(job)
    return job !== 0 || this.#mailed
  }

  /** This seat has said that it seeks, and has run nothing since. */
  #sought = false

  /**
   * Runs a job. If it is the first since this seat has sought, wherever it was found: whoever relied on the seeking has woken nobody,
   * perhaps for several jobs, so it wakes somebody if there is more (test/model: two runs that wait for each other).
   */
  #execute(job: number): void {
    const { registry, thief } = this.#worker
    if (this.#sought) {
      this.#sought = false
      if (registry.threads + registry.arena.words[registry.control + THIEVES]! > 1 && thief.anything())
        registry.sleepers.wakeOne()
    }
    this.#worker.execute(job)
  }

  /** Claims a job within so many looks, about a microsecond apart, or returns 0. */
  #find(looks: number): number {
    const { thief } = this.#worker
    let job = 0
    for (let i = 0; job === 0 && i < looks && !this.#mailed; i++) {
      breathe()
      job = thief.take(-1, 0)
    }
    return job
  }

  /** Sleeps until there may be something to do. */
  #rest(): void {
    const { registry, seat, thief, counters } = this.#worker
    for (let dozes = 0; thief.restless && !thief.lacks && !this.#mailed && !this.#worker.stopped; dozes++) {
      // The event loop, and threads that ask, have their turn.
      if (dozes === MOST_DOZES) return
      registry.sleepers.announce(seat, false)
      // Mail that came before the bell was set did not ring it.
      if (!this.#mailed) registry.sleepers.sleep(seat, DOZE)
      registry.sleepers.cancel(seat)
      const job = this.#find(2)
      if (job !== 0) return this.#execute(job)
    }
    registry.sleepers.announce(seat, true)
    if (!this.#mailed && !thief.anything() && !this.#worker.stopped && !this.#worker.questions.open(registry)) {
      counters.sleeps++
      counters.flush()
      registry.sleepers.sleep(seat, Math.min(NAP, this.#worker.lodging.due))
    }
    registry.sleepers.cancel(seat)
  }
}
