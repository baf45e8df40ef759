import { FilchError } from '../errors.ts'
import { load, store } from '../memory/atomics.ts'
import { startThread, warn } from '../platform/node/host.ts'
import { hasEnded } from '../platform/node/kernel.ts'
import { LEAVING, type Papers } from '../platform/node/thread.ts'
import { ACTIVE, IMPORTING, type Registry, STOP, THREAD } from '../scheduler/registry.ts'
import { empty, repair } from '../scheduler/repair.ts'
import type { Worker } from '../scheduler/worker.ts'
import type { Runs } from './runs.ts'
import type { Settings } from './options.ts'

/** Threads that end in a row without ever having worked: the pool cannot be had. */
const MOST_STILLBORN = 3
/** How long threads have to end by themselves, in ms. */
const GRACE = 250

interface Member {
  readonly stop: () => Promise<unknown>
  readonly gone: Promise<void>
  /** What it left has been settled already, while the caller was blocked. */
  repaired: boolean
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
 * 4. Who has not ended after a grace is terminated: it runs a task of a destroyed pool, or a module of the user's holds it.
 * 5. Only when all threads are gone are runs that never ended rejected, the channel closed and the memory let go.
 */
export class Crew {
  readonly #registry: Registry
  readonly #settings: Settings
  readonly #papers: () => Omit<Papers, 'seat'>
  readonly #worker: Worker
  readonly #runs: Runs
  readonly #members: Member[] = []
  #stopping = false
  #stillborn = 0
  /** Called when threads cannot be started. */
  onBroken: (why: Error) => void = () => {}

  constructor(worker: Worker, runs: Runs, settings: Settings, papers: () => Omit<Papers, 'seat'>) {
    this.#registry = worker.registry
    this.#worker = worker
    this.#runs = runs
    this.#settings = settings
    this.#papers = papers
    for (let seat = 0; seat < settings.threads; seat++) this.#start(seat)
  }

  #start(seat: number): void {
    const { stackSizeMb, maxHeapMb } = this.#settings
    const limits = { stackSizeMb, ...(maxHeapMb === undefined ? {} : { maxOldGenerationSizeMb: maxHeapMb }) }
    const { promise: gone, resolve } = Promise.withResolvers<void>()
    const { stop } = startThread({ ...this.#papers(), seat }, limits, why => {
      resolve()
      if (!this.#stopping) this.#replace(seat, member, why)
    })
    const member: Member = { stop, gone, repaired: false }
    this.#members[seat] = member
  }

  #replace(seat: number, member: Member, why: string): void {
    const { arena, directory } = this.#registry
    const worked = load(arena.words, this.#registry.seat(seat) + ACTIVE) !== 0 || member.repaired
    const importing = load(arena.words, this.#registry.seat(seat) + IMPORTING)
    // Its successor will meet the same job, and perhaps die of the same module.
    if (importing !== 0) directory.blame(importing - 1)
    this.#worker.loss = why
    warn(`A thread of the pool ${this.#settings.name} ended and is replaced: ${why}.`)
    if (!member.repaired) repair(this.#worker, seat, this.#runs.orphans, this.#runs.again)
    // Sent after the seat was repaired and before this thread heard of its end.
    else empty(this.#worker, seat)
    this.#runs.recover(seat)
    this.#stillborn = worked ? 0 : this.#stillborn + 1
    if (this.#stillborn < MOST_STILLBORN) this.#start(seat)
    else {
      this.onBroken(
        new FilchError(
          'ERR_FILCH_THREAD',
          `The threads of the pool ${this.#settings.name} end before they can work: ${why}.`,
        ),
      )
    }
  }

  /**
   * For a caller that blocks in a join: settles what threads that have ended have left. Their exit is reported only
   * when the event loop turns.
   */
  inspect(): void {
    for (let seat = 0; seat < this.#members.length; seat++) {
      const member = this.#members[seat]!
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
    const { arena, control, sleepers, threads } = this.#registry
    store(arena.words, control + STOP, 1)
    for (let seat = 0; seat < threads; seat++) sleepers.wake(seat)
    const gone = Promise.all(this.#members.map(member => member.gone))
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, GRACE)
    await Promise.race([gone, late])
    clearTimeout(timer)
    await Promise.all(this.#members.map(member => member.stop()))
    await gone
  }
}
