import { FilchError } from '../errors.ts'
import { add, load, store, wait } from '../memory/atomics.ts'
import { atExit, startThread, warn } from '../platform/node/host.ts'
import { hasEnded } from '../platform/node/kernel.ts'
import { LEAVING, type Papers } from '../platform/node/thread.ts'
import { DEDICATED, roams, VACANT, WORKER } from '../scheduler/duty.ts'
import { now } from '../scheduler/clock.ts'
import { ACTIVE, DUTY, IMPORTING, type Registry, STOP, TAKEN, THIEVES, THREAD, WANT } from '../scheduler/registry.ts'
import { empty, hasWards, repair } from '../scheduler/repair.ts'
import type { Worker } from '../scheduler/worker.ts'
import type { Runs } from './runs.ts'
import type { Settings } from './options.ts'

/** Threads that end in a row without ever having worked: the pool cannot be had. */
const MOST_STILLBORN = 3
/** How long threads have to end by themselves, in ms. */
const GRACE = 250
/** How long they have to end an import. */
const MOST_IMPORT = 2000

interface Member {
  readonly stop: () => Promise<unknown>
  readonly gone: Promise<void>
  /** It takes work from others. */
  readonly roams: boolean
  /** It was told to end, or is ended for the sake of a task. */
  expected: boolean
  /** What it left has been settled already, while the caller was blocked. */
  repaired: boolean
  /** It is being ended. */
  ending: boolean
}

/**
 * The threads of a pool: starts them, replaces those that die, stops them.
 *
 * ## Stopping, step by step
 *
 * 1. The pool refuses new runs (pool.ts). Runs under way end, or are refused now if the pool is destroyed.
 * 2. The poison word is set, then every seat's bell is rung. A worker looks at the poison between announcing its sleep and
 *    sleeping, and after each job: so each of them leaves its loop, parked or not.
 * 3. Its thread ends by itself when nothing else holds its event loop.
 * 4. Who has not ended after a grace is terminated: it runs a task of a destroyed pool, or a module of the user's holds it. But nobody is
 *    in the middle of an import: Node aborts the process if a thread ends while it evaluates a module that depends on one with a
 *    top-level await. So it is not done while the process ends, either.
 * 5. Only when all threads are gone are runs that never ended rejected, the channel closed and the memory let go.
 */
export class Crew {
  readonly #registry: Registry
  readonly #settings: Settings
  readonly #papers: () => Omit<Papers, 'seat'>
  readonly #worker: Worker
  readonly #runs: Runs
  /** By seat. */
  readonly #members = new Map<number, Member>()
  #stopping = false
  #stillborn = 0
  /** Called when threads cannot be started. */
  onBroken: (why: Error) => void = () => {}
  /** Called when a thread has ended and nobody took its seat. */
  onVacant: (seat: number) => void = () => {}

  constructor(worker: Worker, runs: Runs, settings: Settings, papers: () => Omit<Papers, 'seat'>) {
    this.#registry = worker.registry
    this.#worker = worker
    this.#runs = runs
    this.#settings = settings
    this.#papers = papers
    for (let seat = 0; seat < settings.threads; seat++) this.#start(seat, WORKER)
    // Without threads there is nothing to wait for, and nothing that keeps the pool from being collected.
    if (settings.threads > 0) this.#letGo = atExit(this.#await)
  }

  /** Ends the waiting of this thread's end for those of the pool. */
  #letGo: () => void = () => {}

  readonly #await = (): void => {
    // Word 0 of the memory is nobody's, and 0: a pause.
    for (const end = now() + MOST_IMPORT; this.#imports && now() < end;) wait(this.#registry.arena.words, 0, 0, 1)
  }

  get #imports(): boolean {
    const { arena } = this.#registry
    for (const seat of this.#members.keys()) {
      if (load(arena.words, this.#registry.seat(seat) + IMPORTING) !== 0) return true
    }
    return false
  }

  // --- seats --------------------------------------------------------------------------------------------------------

  duty(seat: number): number {
    return load(this.#registry.arena.words, this.#registry.seat(seat) + DUTY)
  }

  /** Seats whose threads have this duty, in order. */
  seats(duty: number): number[] {
    return [...this.#members.keys()].filter(seat => this.duty(seat) === duty).toSorted((a, b) => a - b)
  }

  /** How many threads are no workers of the pool. */
  get others(): number {
    return this.#members.size - this.seats(WORKER).length
  }

  /** The first seat for one more thread; -1: there is none. */
  get vacancy(): number {
    const { seats, caller } = this.#registry
    for (let seat = 0; seat < seats; seat++) if (seat !== caller && !this.#members.has(seat)) return seat
    return -1
  }

  /** Starts a thread in a vacant seat. */
  enroll(seat: number, duty: number): void {
    if (this.#stopping) return
    const { arena, control } = this.#registry
    store(arena.words, this.#registry.seat(seat) + DUTY, duty)
    this.#count(seat)
    this.#start(seat, duty)
    if (!roams(duty)) return
    add(arena.words, control + THIEVES, 1)
    // Whoever was alone has company now, and something to offer.
    for (let other = 0; other < this.#registry.inUse; other++) store(arena.words, this.#registry.seat(other) + WANT, 1)
  }

  /** The thread ends once nobody lives on its seat any more; resolves when it has. Its duty says already that it shall. */
  dismiss(seat: number): Promise<void> {
    const member = this.#members.get(seat)!
    member.expected = true
    this.#registry.sleepers.wake(seat)
    return member.gone
  }

  /** Ends a thread at once, whatever it does. */
  terminate(seat: number): void {
    const member = this.#members.get(seat)
    if (member === undefined || member.ending) return
    member.expected = member.ending = true
    void member.stop()
  }

  /** How many seats everybody must look at. */
  #count(joined = 0): void {
    const { arena, control, caller } = this.#registry
    store(
      arena.words,
      control + TAKEN,
      Math.max(0, joined - caller, ...[...this.#members.keys()].map(seat => seat - caller)),
    )
  }

  #start(seat: number, duty: number): void {
    const { stackSizeMb, maxHeapMb } = this.#settings
    const limits = { stackSizeMb, ...(maxHeapMb === undefined ? {} : { maxOldGenerationSizeMb: maxHeapMb }) }
    const { promise: gone, resolve } = Promise.withResolvers<void>()
    const { stop } = startThread({ ...this.#papers(), seat }, limits, why => {
      if (!this.#stopping) this.#replace(seat, member, why)
      else store(this.#registry.arena.words, this.#registry.seat(seat) + IMPORTING, 0)
      resolve()
    })
    const member: Member = { stop, gone, roams: roams(duty), expected: false, repaired: false, ending: false }
    this.#members.set(seat, member)
  }

  #replace(seat: number, member: Member, why: string): void {
    const { arena, directory } = this.#registry
    const at = this.#registry.seat(seat)
    const worked = load(arena.words, at + ACTIVE) !== 0 || member.repaired || member.expected
    const importing = load(arena.words, at + IMPORTING)
    // Its successor will meet the same job, and perhaps die of the same module.
    if (importing !== 0) directory.blame(importing - 1)
    this.#worker.loss = why
    const isReplaced = this.duty(seat) === WORKER
    const then = isReplaced ? 'ended and is replaced' : 'ended'
    if (!member.expected) warn(`A thread of the pool ${this.#settings.name} ${then}: ${why}.`)
    if (!member.repaired) repair(this.#worker, seat, this.#runs.orphans, this.#runs.again)
    // Sent after the seat was repaired and before this thread heard of its end.
    else empty(this.#worker, seat)
    this.#runs.recover(seat)
    if (!isReplaced) return this.#vacate(seat, member, worked)
    this.#stillborn = worked ? 0 : this.#stillborn + 1
    if (this.#stillborn < MOST_STILLBORN) this.#start(seat, WORKER)
    else {
      this.onBroken(
        new FilchError(
          'ERR_FILCH_THREAD',
          `The threads of the pool ${this.#settings.name} end before they can work: ${why}.`,
        ),
      )
    }
  }

  #vacate(seat: number, member: Member, worked: boolean): void {
    const { arena, control } = this.#registry
    store(arena.words, this.#registry.seat(seat) + DUTY, VACANT)
    this.#members.delete(seat)
    this.#count()
    if (member.roams) add(arena.words, control + THIEVES, -1)
    empty(this.#worker, seat)
    this.onVacant(seat)
    // Somebody must take the mail of those that live longer.
    if (worked && !this.#members.has(seat) && hasWards(this.#worker, seat)) this.enroll(seat, DEDICATED)
  }

  /**
   * For a caller that blocks in a join: settles what threads that have ended have left. Their exit is reported only
   * when the event loop turns.
   */
  inspect(): void {
    for (const [seat, member] of this.#members) {
      const { words } = this.#registry.arena
      const at = this.#registry.seat(seat)
      if (member.repaired || load(words, at + ACTIVE) === 0) continue
      if (load(words, at + ACTIVE) !== LEAVING && !hasEnded(words[at + THREAD]!)) continue
      member.repaired = true
      this.#worker.loss = 'its thread exited'
      repair(this.#worker, seat, this.#runs.orphans, this.#runs.again)
    }
  }

  /** Resolves when every thread has ended. */
  async stop(): Promise<void> {
    this.#stopping = true
    const { arena, control, sleepers, seats } = this.#registry
    store(arena.words, control + STOP, 1)
    for (let seat = 0; seat < seats; seat++) sleepers.wake(seat)
    const members = [...this.#members.values()]
    const gone = Promise.all(members.map(member => member.gone))
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, GRACE)
    await Promise.race([gone, late])
    clearTimeout(timer)
    for (const end = now() + MOST_IMPORT; this.#imports && now() < end;) await new Promise(then => setTimeout(then, 1))
    await Promise.all(members.map(member => member.stop()))
    await gone
    this.#letGo()
  }
}
