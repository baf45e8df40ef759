import { now } from './clock.ts'
import { CanceledError } from '../errors.ts'
import { load, store, type Words } from '../memory/atomics.ts'
import type { Carrier } from '../wire/carrier.ts'
import type { Guard } from '../wire/guard.ts'
import { OUTSIDE, stack, UNWANTED } from './context.ts'
import { Counters } from './counters.ts'
import { execute } from './execute.ts'
import { pinnedJob } from './errand.ts'
import { attach, graft, isThenable, notPending, promised, unsaid } from './failure.ts'
import { Jobs } from './jobs.ts'
import { Lodging } from './lodging.ts'
import { Modules } from './modules.ts'
import { verdict } from './notice.ts'
import { Offers, type Shelf } from './offers.ts'
import { type Registry, STOP, WANT } from './registry.ts'
import {
  CANCELED,
  CLAIMED,
  COUNT,
  DELIVERY,
  FAILED,
  HOME,
  JOINED,
  KEPT,
  PUBLISHED,
  SHIELDS,
  STATE,
  stateOf,
  takeBack,
  withState,
} from './slot.ts'
import { Post } from './post.ts'
import { Pulse } from './pulse.ts'
import { Questions } from './questions.ts'
import { needRoom, roomy } from './room.ts'
import { BASE, extend, type Frame, handleOf, invoke, OUTSIDE_TOP, type SlowPath } from './stack.ts'
import { type AnyFunction, recordAt, type TaskRecord } from './tasks.ts'
import { Thief } from './thief.ts'
import { awaitEnd, type Waiter } from './wait.ts'

/** Jobs of others that may run on top of a waiting join; deeper, it waits without helping. */
const MOST_HELP = 24
/**
 * One seat's part in the pool, in the thread that sits there: runs jobs, publishes forks, joins, helps, sleeps.
 * The protocols, with the argument why nothing is lost, are in scheduler/README.md.
 */
export class Worker implements SlowPath, Waiter {
  readonly registry: Registry
  readonly seat: number
  readonly words: Words
  /** Address of this seat's want word. */
  readonly want: number
  /** A view of that word alone. */
  readonly wanted: Words
  readonly jobs: Jobs
  readonly thief: Thief
  readonly counters: Counters
  readonly offers: Offers
  readonly modules: Modules
  readonly post: Post
  readonly lodging: Lodging
  readonly pulse: Pulse
  readonly #guard: Guard
  /** Jobs under way on this thread's stack: 0 between jobs. */
  #level = 0
  /** First frame of the current job. */
  #base = BASE + 1
  /** Slot of the run that the current job belongs to; 0 if it runs in place. */
  root = 0
  /** True if the current job was forked by another worker. */
  migrated = false

  constructor(registry: Registry, seat: number, carrier: Carrier, guard: Guard) {
    this.registry = registry
    this.seat = seat
    this.words = registry.arena.words
    this.want = registry.seat(seat) + WANT
    this.wanted = this.words.subarray(this.want, this.want + 1)
    this.jobs = new Jobs(registry, seat, carrier, guard.discipline === 'freeze')
    this.counters = new Counters(registry, seat)
    this.offers = new Offers(registry, seat, this.jobs, this.counters)
    this.modules = new Modules(registry.directory)
    this.thief = new Thief(registry, seat, this.counters, this.modules)
    this.post = new Post(registry, seat)
    this.pulse = new Pulse(registry, seat)
    this.jobs.forgotten = head => this.post.close(head)
    this.lodging = new Lodging(this.post, this.thief)
    this.#guard = guard
  }

  get stopped(): boolean {
    return load(this.words, this.registry.control + STOP) !== 0
  }

  // --- running jobs -------------------------------------------------------------------------------------------------

  /** Runs a job that this seat has claimed, to its end, and delivers its outcome. Does not throw. */
  execute(slot: number): void {
    execute(this, slot)
  }

  /** Calls a task as a job of its own: forks that it leaves pending end before this returns or throws. */
  call(record: TaskRecord, args: readonly unknown[]): unknown {
    const result = this.within(record.fn, args)
    if (isThenable(result)) throw promised(record.label, result)
    return result
  }

  /** Calls `fn` with a private stack of forks that begins here and is empty again afterwards. */
  within(fn: AnyFunction, args: readonly unknown[]): unknown {
    const { top, published } = stack
    const outer = this.#base
    const before = enter(this)
    this.#base = stack.published = stack.top + 1
    this.#level++
    try {
      this.#invite()
      const result = (fn as (...args: unknown[]) => unknown)(...args)
      this.#abandon(this.#base, undefined)
      return result
    } catch (error) {
      this.#abandon(this.#base, error)
      throw error
    } finally {
      this.#level--
      // Only if ending the forks failed as well: a frame must not carry a slot into its next use.
      while (stack.top >= this.#base) this.#pop()
      this.#base = outer
      enter(before)
      stack.top = top
      stack.published = published
      // The job below may have asked for its forks to be published, and this one may have answered.
      if (this.#level > 0) this.#invite()
    }
  }

  /** Ends the forks that one of several steps {@link within} the same stack has left. */
  settle(error: unknown): void {
    try {
      this.#abandon(this.#base, error)
    } finally {
      while (stack.top >= this.#base) this.#pop()
    }
  }

  /** Anybody else could take a job of this seat, when it last asked for forks to be published. */
  #company = false

  /** The deque has nothing to offer any more: the next fork shall publish. */
  #invite(): void {
    this.#company = this.thief.accompanied
    this.words[this.want] = this.#company || this.deadline > 0 ? 1 : 0
  }

  /**
   * The outcome is written; makes it visible. After the store the slot is its home's (RELIABILITY 3.3): read first, then store. Who has `lived`
   * here ends between two steps.
   */
  finish(slot: number, state: number, lived = false): void {
    this.counters.jobs++
    // Before the end is known: who has awaited it finds it counted.
    if (this.#level === 0 || (lived && this.#level === 1 && !this.pending)) this.counters.flush()
    const { words } = this.registry.arena
    const home = words[slot + HOME]!
    const isRoot = words[slot + DELIVERY] !== JOINED
    if (isRoot) this.jobs.sentences.delete(slot)
    store(words, slot + STATE, withState(words[slot + STATE]!, state, this.seat))
    if (isRoot) this.post.report(slot)
    else this.registry.sleepers.wake(home)
  }

  /** Forks of the current job are pending. */
  get pending(): boolean {
    return stack.top >= this.#base
  }

  // --- forks --------------------------------------------------------------------------------------------------------

  full(): Frame {
    return extend(stack)
  }

  admit(value: unknown, position: number): unknown {
    return this.#guard.admit(value, `args[${position}]`)
  }

  publish(): void {
    const { words } = this
    // Before the push: a thief sets the word again after its theft, and that must not be lost.
    words[this.want] = 0
    this.poll()
    if (!this.#company && !(this.#company = this.thief.accompanied)) {
      // Nobody to offer to; but a run in place may have to stop.
      if (this.deadline > 0) words[this.want] = 1
      return
    }
    this.questions.attend(this.registry)
    let offered = false
    try {
      offered = this.offerNext()
    } catch (error) {
      this.#invite()
      throw error
    }
    // Nothing was pending, or there was no room: the question stays open.
    if (!offered) return this.#invite()
    const { sleepers } = this.registry
    if (stack.published <= stack.top || this.shelves.length > 0) {
      // One for each seat that is idle (a hint), so that nothing waits behind a long leaf while somebody could take it.
      for (let idle = sleepers.idle; idle > 1 && this.offerNext(); idle--) sleepers.wakeOne()
    }
    sleepers.wakeOne()
  }

  /** Publishes the oldest pending fork first: it is usually the largest piece of work. False: nothing waits, or there is no room. */
  offerNext(): boolean {
    if (stack.published <= stack.top) return this.offers.fork(this.root)
    for (const shelf of this.shelves) if (shelf.offer()) return true
    return false
  }

  /** Other places on this thread's stack where work waits to be published: open scopes, outermost first. */
  readonly shelves: Shelf[] = []

  /** For a run in place, which no timer can stop: when it must have ended (`now()`); 0 if never. */
  deadline = 0

  /** The current job must stop. */
  get canceled(): boolean {
    const { words } = this.registry.arena
    // Plain: seen late, it costs time alone. But who has just left the section in which nothing may stop it knows that.
    return this.root !== 0 && words[this.root + CANCELED] !== 0 && words[this.root + SHIELDS] === 0
  }

  /** Throws if the run that this job belongs to was canceled. */
  poll(): void {
    this.pulse.beat()
    if (this.deadline > 0 && now() > this.deadline) {
      throw new CanceledError('The run did not end within its timeout.')
    }
    if (this.canceled) {
      throw verdict(this, this.root, new CanceledError('The run that this task belongs to was canceled.'))
    }
  }

  // --- joins --------------------------------------------------------------------------------------------------------

  join(handle: number): unknown {
    let at = stack.top
    while (at >= this.#base && handleOf(stack.frames[at]!) !== handle) at--
    if (at < this.#base) throw notPending(handle)
    // What was forked later and not joined was abandoned: the function that forked it threw.
    if (stack.published > at + 1) needRoom()
    if (at !== stack.top) this.#abandon(at + 1, undefined)
    const frame = stack.frames[at]!
    const { slot } = frame
    const record = recordAt(frame.task)
    if (slot !== 0 && !this.regain(slot)) {
      // The frame leaves when there is room to wait, so that whoever catches the error finds it.
      needRoom()
      this.#pop()
      frame.rest = undefined
      const { failed, value } = this.outcome(slot)
      if (!failed) return value
      throw graft(value, new Error('joined'))
    }
    frame.slot = 0
    this.#pop()
    return invoke(record.fn, record.arity, frame)
  }

  /** Takes the newest fork off the stack, with its ticket turned back; returns its slot, or 0. */
  #pop(): number {
    const frame = stack.frames[stack.top]!
    const { slot } = frame
    stack.top--
    if (stack.published > frame.index) stack.published = frame.index
    if (frame.ticket < 0) frame.ticket = ~frame.ticket
    frame.slot = 0
    return slot
  }

  /** Takes a published call back. False: it was stolen, and has an outcome or will have. */
  regain(slot: number): boolean {
    // Plain: this seat published it, so a stale value is at worst PUBLISHED still, and then the exchange decides.
    const word = this.registry.arena.words[slot + STATE]!
    // FREE: taken back before, by a join that the end of the stack cut off, or about to be published by a fork that it cut off.
    if (stateOf(word) > PUBLISHED || !takeBack(this.registry.arena, slot, word)) return false
    // The deque has nothing else to offer, usually: let the next fork publish.
    this.words[this.want] = 1
    this.jobs.forget(slot)
    return true
  }

  /** Waits for a stolen call. Only where there is {@link needRoom}. */
  outcome(slot: number): { readonly failed: boolean; readonly value: unknown } {
    const end = awaitEnd(this, slot)
    try {
      return { failed: stateOf(end) === FAILED, value: this.collect(slot, end) }
    } catch (value) {
      return { failed: true, value }
    }
  }

  /** True if a stolen call has ended: {@link outcome} would not wait. */
  ended(slot: number): boolean {
    return stateOf(this.jobs.state(slot)) > CLAIMED
  }

  /** Takes the outcome of a slot that is DONE or FAILED, and frees it. */
  collect(slot: number, end: number): unknown {
    const count = stateOf(end) === FAILED ? this.registry.arena.words[slot + COUNT]! : 0
    try {
      return count < 0 ? unsaid(count, this.loss) : this.jobs.outcome(slot)
    } finally {
      if (this.registry.arena.words[slot + DELIVERY] === JOINED) this.jobs.free(slot)
      else this.jobs.letGo(slot, KEPT)
    }
  }

  /** Ends every fork from frame `from` up: what nobody has begun is dropped, what was stolen is waited for. */
  #abandon(from: number, error: unknown): void {
    const published = stack.published > from
    while (stack.top >= from) {
      const frame = stack.frames[stack.top]!
      const slot = this.#pop()
      frame.rest = undefined
      if (slot === 0 || this.regain(slot)) continue
      const { failed, value } = this.outcome(slot)
      if (failed) attach(error, value)
    }
    if (published) this.#invite()
  }

  get helps(): boolean {
    return this.#level < MOST_HELP && roomy()
  }

  help(from: number): boolean {
    if (this.lodging.turn()) return true
    const job = this.lodging.next(from, this.root) || pinnedJob(this)
    if (job === 0) return false
    this.counters.helped++
    this.execute(job)
    return true
  }

  serve(): boolean {
    const job = this.lodging.own()
    if (job === 0) return false
    this.execute(job)
    return true
  }

  /** See `yieldNow` in task/place.ts. */
  yieldNow(): boolean {
    this.poll()
    if (this.words[this.want] !== 0) this.publish()
    if (this.helps) return this.help(-1)
    // Who lives here may be about to kill the tasks on this stack, which yield for ever.
    return this.lodging.residents !== undefined && roomy() && this.lodging.turn()
  }

  /** Why the last thread was lost, as far as this seat knows. */
  loss = 'its thread ended before the task did'

  readonly questions: Questions = new Questions()

  /** Called after each nap in a join: the caller's seat looks there whether a thread has died. */
  awake: () => void = () => {}
}

/** The worker whose job this thread runs now, or undefined outside a task. */
let current: Worker | undefined

export function currentWorker(): Worker | undefined {
  return current
}

/** Points the fast paths at `worker` and returns what they pointed at. */
function enter(worker: Worker | undefined): Worker | undefined {
  const before = current
  current = worker
  stack.slow = worker ?? OUTSIDE
  if (worker === undefined) {
    stack.top = OUTSIDE_TOP
    if (!stack.seated) stack.want = UNWANTED
  } else {
    stack.want = worker.wanted
    if (before === undefined) stack.top = BASE
  }
  return before
}
