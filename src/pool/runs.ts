import { now } from '../scheduler/clock.ts'
import { CanceledError, PoolClosedError } from '../errors.ts'
import { load, store } from '../memory/atomics.ts'
import type { Hold } from '../platform/node/host.ts'
import { graft } from '../scheduler/failure.ts'
import { notify } from '../scheduler/notice.ts'
import { WANT } from '../scheduler/registry.ts'
import { bury, lose } from '../scheduler/repair.ts'
import {
  CANCELED,
  claim,
  CLAIMED,
  FAILED,
  MAILED,
  PROGRESS,
  PUBLISHED,
  seatOf,
  STATE,
  stateOf,
  takeBack,
  useOf,
} from '../scheduler/slot.ts'
import type { TaskRecord } from '../scheduler/tasks.ts'
import { currentWorker, type Worker } from '../scheduler/worker.ts'
import { Alarm } from './alarm.ts'
import { canceled, throwLater } from './failures.ts'
import type { RunOptions } from './options.ts'

/** A run whose slot is in use. */
interface Run {
  /** Held until the run has ended: shared buffers among them must stay findable. */
  readonly args: readonly unknown[]
  /** The one seat that may run it, or -1. */
  readonly seat: number
  resolve(value: unknown): void
  reject(error: unknown): void
  /** Where it was started, for the error's stack. */
  readonly site: { readonly stack?: string }
  readonly onProgress: ((done: number) => void) | undefined
  reported: number
  /** Undoes what its start has set up. */
  cleanUp(): void
  /** The promise has settled, though the tasks may still be winding down. */
  settled: boolean
}

const PROGRESS_INTERVAL = 100

/** The runs that a pool's maker has started: submits them, listens for their ends, settles their promises. */
export class Runs {
  readonly #worker: Worker
  readonly #name: string
  readonly #hold: Hold
  readonly #runs = new Map<number, Run>()
  /** Refs that found the deque full, in order. */
  #backlog: number[] = []
  /** A run was canceled since the deque was last filled from the backlog. */
  #canceled = false
  /** Published slots of dead workers, to be freed when they end. */
  readonly orphans: Set<number> = new Set()
  /** Runs that have not settled, and other reasons to stay. */
  pending = 0
  #listening = false
  #reporter: NodeJS.Timeout | undefined
  /** Set where every run has a thread of its own. */
  assign: ((slot: number, use: number) => void) | undefined
  /** Called when the last unsettled run has settled. */
  onQuiet: () => void = () => {}

  constructor(worker: Worker, name: string, hold: Hold) {
    this.#worker = worker
    this.#name = name
    this.#hold = hold
  }

  /** Starts a run; `seat` -1 lets any worker take it. Rejects with NotSendableError before anything has happened. */
  start(
    record: TaskRecord,
    args: readonly unknown[],
    seat: number,
    options: RunOptions,
    site: Run['site'],
  ): Promise<unknown> {
    const worker = this.#worker
    const { jobs, registry } = worker
    return new Promise((resolve, reject) => {
      const { signal, timeout, onProgress } = options
      if (signal?.aborted === true) throw canceled(signal.reason)
      jobs.write(args)
      const slot = jobs.make(registry.directory.idOf(record), args.length, MAILED, 0)
      const counts = this.#counts
      const cleanUp = (): void => this.#stay(-counts)
      const run: Run = { args, seat, resolve, reject, site, onProgress, reported: 0, cleanUp, settled: false }
      this.#runs.set(slot, run)
      this.#stay(counts)
      if (signal !== undefined || timeout !== undefined) this.#arm(slot, run, signal, timeout)
      if (onProgress !== undefined) this.#reporter ??= setInterval(() => this.#report(), PROGRESS_INTERVAL).unref()
      this.#submit(slot, jobs.publish(slot), seat, options)
      this.#listen()
    })
  }

  #counts = 1
  /** Runs that `fn`, which does not throw, has started at once are not pending work. */
  aside<T>(fn: () => T): T {
    this.#counts = 0
    const result = fn()
    this.#counts = 1
    return result
  }

  #submit(slot: number, ref: number, seat: number, options: RunOptions): void {
    const { registry } = this.#worker
    const { sleepers, threads } = registry
    if (threads === 0) {
      // As on a worker, only here: after the caller's current turn, with copies of arguments and result.
      queueMicrotask(() => this.#inPlace(slot, options))
    } else if (seat >= 0) {
      registry.mailboxes[seat]!.send(slot)
      sleepers.wake(seat)
    } else if (this.assign === undefined) this.again(ref)
    else this.assign(slot, useOf(this.#worker.jobs.state(slot)))
  }

  /** Offers a job that is made already. */
  readonly again = (ref: number): void => {
    if (this.#backlog.length > 0 || !this.#worker.offers.push(ref)) this.#backlog.push(ref)
    this.#worker.registry.sleepers.wakeOne()
  }

  /** No timer runs meanwhile, so the tasks themselves look at the clock and at the signal. */
  #inPlace(slot: number, { signal, timeout }: RunOptions): void {
    const worker = this.#worker
    const { arena, caller } = worker.registry
    const word = load(arena.words, slot + STATE)
    if (this.#runs.has(slot) && stateOf(word) === PUBLISHED && claim(arena, slot, word, caller)) {
      worker.deadline = timeout !== undefined ? now() + timeout : signal !== undefined ? Infinity : 0
      worker.execute(slot)
      worker.deadline = 0
    }
    this.drain()
  }

  #arm(slot: number, run: Run, signal: AbortSignal | undefined, timeout: number | undefined): void {
    const abort = (): void => this.#cancel(slot, run, canceled(signal!.reason))
    signal?.addEventListener('abort', abort, { once: true })
    const timer =
      timeout === undefined || timeout === Infinity
        ? undefined
        : setTimeout(() => {
            this.#cancel(slot, run, new CanceledError(`The run did not end within its timeout of ${timeout} ms.`))
          }, timeout)
    const { cleanUp } = run
    run.cleanUp = () => {
      cleanUp()
      signal?.removeEventListener('abort', abort)
      clearTimeout(timer)
    }
  }

  /** Settles the promise now; the tasks notice at their next fork, because every seat is asked to look up. */
  #cancel(slot: number, run: Run, error: Error): void {
    if (run.settled) return
    const { arena, seats } = this.#worker.registry
    store(arena.words, slot + CANCELED, 1)
    this.#settle(run)
    run.reject(error)
    const word = load(arena.words, slot + STATE)
    if (stateOf(word) === PUBLISHED && takeBack(arena, slot, word)) {
      this.#runs.delete(slot)
      this.#worker.jobs.forget(slot)
      if (!this.#canceled) queueMicrotask(() => this.#refill())
      this.#canceled = true
      return
    }
    for (let seat = 0; seat < seats; seat++) store(arena.words, this.#worker.registry.seat(seat) + WANT, 1)
    // It may wait, and look at nothing.
    if (stateOf(load(arena.words, slot + STATE)) === CLAIMED)
      notify(this.#worker, slot, load(arena.words, slot + STATE))
  }

  #settle(run: Run): void {
    run.settled = true
    run.cleanUp()
  }

  // --- listening ----------------------------------------------------------------------------------------------------

  /** Reasons of residents to stay and to listen. */
  #guests = 0

  enter(): void {
    this.#guests++
    this.#stay(1)
    this.#listen()
  }

  leave(): void {
    this.#guests--
    this.#stay(-1)
  }

  #stay(change: number): void {
    const was = this.pending > 0
    this.pending += change
    const isPending = this.pending > 0
    if (was === isPending) return
    this.#hold.set(isPending)
    this.onPending(isPending)
    if (!isPending) this.onQuiet()
  }

  /** Called when the first of what is pending has begun, and when the last has ended. */
  onPending: (pending: boolean) => void = () => {}

  soon(): void {
    if (!this.#awaited) this.#soon()
    this.#awaited = true
  }

  #awaited = false
  readonly #alarm = new Alarm(() => this.soon())
  readonly later = (ms: number): void => this.#alarm.set(ms)
  #attends = false

  /** Listens for as long as the pool lives, without holding the event loop: threads may ask for others. */
  attend(): void {
    this.#attends = true
    this.#listen()
  }

  /** Nobody will send anything any more. What waits is woken, since it holds the pool's memory. */
  end(): void {
    this.#attends = false
    const { sleepers, caller } = this.#worker.registry
    sleepers.rouse(caller)
  }

  /** Waits for mail without blocking, while there is anything to wait for. */
  #listen(): void {
    const { sleepers, mailboxes, caller } = this.#worker.registry
    if (!this.#attends && this.#runs.size === 0 && this.#guests === 0) return
    sleepers.announce(caller, false)
    if (mailboxes[caller]!.holds()) this.#soon()
    // One waiter is enough: whoever rings notifies it, though it was set up for an earlier announcement.
    if (!this.#listening) this.#listening = sleepers.sleepAsync(caller, this.#heard)
    if (!this.#listening) this.#soon()
  }

  readonly #soon = (): void => queueMicrotask(() => this.drain())

  readonly #heard = (): void => {
    this.#listening = false
    this.drain()
  }

  /** Settles every run that has ended, and listens for the next. */
  drain(): void {
    const { registry } = this.#worker
    this.#awaited = false
    registry.sleepers.cancel(registry.caller)
    const ended = this.#mail()
    this.#host()
    this.#end(ended)
  }

  /** Tasks that wait in this thread have their turn; where there are no other threads, those that nobody has begun too. */
  #host(): void {
    const worker = this.#worker
    const { registry } = worker
    const { residents } = worker.lodging
    if (residents === undefined || currentWorker() !== undefined) return
    let more = residents.turn()
    if (registry.threads === 0) {
      const job = worker.lodging.next(-1, 0)
      if (job !== 0) worker.execute(job)
      more ||= job !== 0
    } else residents.show()
    // The event loop has its turn between.
    if (more || residents.ready) setImmediate(() => this.soon())
  }

  /** All of the mail, before anything calls the user. */
  #mail(): Set<number> {
    this.#worker.lodging.mail()
    return new Set(this.#worker.post.letters.splice(0))
  }

  #end(ended: ReadonlySet<number>): void {
    for (const slot of ended) {
      try {
        this.#finish(slot)
      } catch (error) {
        throwLater(error)
      }
    }
    if (this.orphans.size > 0) bury(this.#worker, this.orphans)
    this.#refill()
    this.#listen()
  }

  /** Fills the deque from the backlog once a good part of it has been taken: a push that fails looks at every entry. */
  #refill(): void {
    const { deques, caller, sleepers } = this.#worker.registry
    if (this.#backlog.length === 0) return
    // Entries of canceled runs count in the length, and nothing else may come to call this again.
    if (!this.#canceled && deques[caller]!.length > deques[caller]!.capacity / 2) return
    this.#canceled = false
    let sent = 0
    while (sent < this.#backlog.length && this.#worker.offers.push(this.#backlog[sent]!)) sent++
    this.#backlog = this.#backlog.slice(sent)
    sleepers.wakeOne()
  }

  #finish(slot: number): void {
    const { words } = this.#worker.registry.arena
    const run = this.#runs.get(slot)
    if (run === undefined) return
    this.#runs.delete(slot)
    const done = words[slot + PROGRESS]!
    const end = this.#worker.jobs.state(slot)
    let value: unknown
    let failed = stateOf(end) === FAILED
    try {
      value = this.#worker.collect(slot, end)
    } catch (error) {
      failed = true
      value = error
    }
    if (run.settled) return
    try {
      this.#settle(run)
      if (run.onProgress !== undefined && done !== run.reported) this.#tell(run, done)
    } finally {
      if (failed) run.reject(graft(value, run.site))
      else run.resolve(value)
    }
  }

  /** What the user's function throws goes where uncaught errors go, and stops nothing here. */
  #tell(run: Run, done: number): void {
    run.reported = done
    try {
      run.onProgress!(done)
    } catch (error) {
      throwLater(error)
    }
  }

  /**
   * After a repair: a thread that died between ending a run and sending it has left it in nobody's mail, and the dead one's
   * seat is still in the state word. What it had taken from its own mailbox and not begun is lost.
   *
   * All of it is found before the first run is finished: that calls the user, who may send the seat's successor more.
   */
  recover(seat: number): void {
    const { registry, jobs } = this.#worker
    registry.sleepers.cancel(registry.caller)
    for (const [slot, run] of this.#runs) {
      if (run.seat === seat && stateOf(jobs.state(slot)) === PUBLISHED) lose(this.#worker, slot)
    }
    const ended = this.#mail()
    for (const slot of this.#runs.keys()) {
      const word = jobs.state(slot)
      if (stateOf(word) > CLAIMED && seatOf(word) === seat) ended.add(slot)
    }
    this.#end(ended)
  }

  #report(): void {
    let listeners = 0
    for (const [slot, run] of this.#runs) {
      if (run.onProgress === undefined || run.settled) continue
      listeners++
      const done = load(this.#worker.registry.arena.words, slot + PROGRESS)
      if (done === run.reported) continue
      this.#tell(run, done)
    }
    if (listeners > 0) return
    clearInterval(this.#reporter)
    this.#reporter = undefined
  }

  /** The pool is gone: every run that has not settled rejects. */
  refuse(why: Error): void {
    for (const run of this.#runs.values()) {
      if (run.settled) continue
      this.#settle(run)
      run.reject(why)
    }
    this.#runs.clear()
    this.#backlog = []
    clearInterval(this.#reporter)
    this.#worker.lodging.residents?.refuse(why)
  }

  closed(): PoolClosedError {
    return new PoolClosedError(`The pool ${this.#name}`)
  }
}
