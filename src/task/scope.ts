import { ForkError } from '../errors.ts'
import { type AnyFunction, recordOf, type TaskRecord } from '../scheduler/tasks.ts'
import { attach } from '../scheduler/failure.ts'
import type { Shelf } from '../scheduler/offers.ts'
import { roomy } from '../scheduler/room.ts'
import { currentWorker, type Worker } from '../scheduler/worker.ts'
import { type Arguments, notTask } from './fork.ts'
import type { Task } from './task.ts'

/** A lifetime that ends after all its tasks. */
export interface Scope {
  /** Starts `fn` in this scope: on another worker, or on this one at the latest when the scope ends. */
  spawn<F extends AnyFunction>(fn: Task<F>, ...args: Arguments<F>): void
}

interface Child {
  readonly record: TaskRecord
  readonly args: readonly unknown[]
  readonly order: number
  /** What it threw. */
  error: unknown
  /** The one that had failed before it. */
  failed: Child | undefined
}

/** Children kept private: beyond, `spawn` runs the oldest in place, so that a million of them need no memory. */
const MOST_PRIVATE = 1024
/** Published children whose slots may wait to be collected before the scope ends. */
const MOST_UNREAPED = 64

/**
 * Runs `body`, which may spawn any number of tasks; returns what `body` returned, after all of them have ended. Inside a
 * task only.
 *
 * Children stay private to this worker until another one is hungry, so a spawn costs well under a microsecond
 * (bench/pool/throughput.ts); their results are dropped: let them write into shared arrays. Nothing is promised about their order.
 *
 * If children fail, the rest still run; then the error of the one spawned first is thrown, and carries the others as
 * `suppressed`. If `body` throws, children that nobody has begun are dropped, and its error wins.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { runSync, scope, task } from 'filch'
 *
 * export const fill = task((cells: Int32Array, at: number) => {
 *   cells[at] = at * at
 * })
 * export const squares = task((cells: Int32Array) => {
 *   scope(s => {
 *     for (let i = 0; i < cells.length; i++) s.spawn(fill, cells, i)
 *   })
 * })
 *
 * if (import.meta.main) {
 *   const cells = new Int32Array(new SharedArrayBuffer(4 * 4))
 *   runSync(squares, cells)
 *   deepEqual([...cells], [0, 1, 4, 9])
 * }
 * ```
 *
 * @throws {ForkError} outside a task; from `spawn`, after the scope has ended or on another worker
 */
export function scope<R>(body: (scope: Scope) => R): R {
  const worker = currentWorker()
  if (worker === undefined) {
    throw new ForkError('ERR_FILCH_OUTSIDE_TASK', 'scope works inside a task only: call it from a task that you run().')
  }
  const open = new OpenScope(worker)
  worker.shelves.push(open)
  try {
    const result = body(open)
    open.finish()
    return result
  } catch (error) {
    open.cancel(error)
    throw error
  } finally {
    worker.shelves.splice(worker.shelves.indexOf(open), 1)
  }
}

class OpenScope implements Scope, Shelf {
  readonly #worker: Worker
  /** Its run: the worker may be in the middle of another one when it offers a child. */
  readonly #root: number
  /** Not begun and not published, oldest first from `#head`. */
  #private: Child[] = []
  #head = 0
  /** Published, oldest first from `#reaped`: child and slot. */
  #published: { readonly child: Child; slot: number }[] = []
  #reaped = 0
  /** There is no less room where it ends and waits for children that were stolen: they are waited for there, or nowhere. */
  readonly #roomy = roomy()
  #count = 0
  /** The last child that has failed; the others are behind it. */
  #failed: Child | undefined
  #open = true
  /** A child runs in place. It is another task, as it is on another worker, where it could not spawn either. */
  #apart = false

  constructor(worker: Worker) {
    this.#worker = worker
    this.#root = worker.root
  }

  get waiting(): number {
    return this.#private.length - this.#head
  }

  spawn(fn: unknown, ...args: unknown[]): void {
    const record = recordOf(fn as AnyFunction)
    if (record === undefined) throw notTask(fn)
    if (!this.#open || this.#apart || currentWorker() !== this.#worker) {
      throw new ForkError(
        'ERR_FILCH_SCOPE',
        'spawn was called after its scope had ended, or in another task. Use a scope of its own there.',
      )
    }
    const worker = this.#worker
    for (let i = 0; i < args.length; i++) args[i] = worker.admit(args[i], i)
    this.#private.push({ record, args, order: this.#count++, error: undefined, failed: undefined })
    if (worker.words[worker.want] !== 0) worker.publish()
    if (this.waiting > MOST_PRIVATE) this.#runOldest()
  }

  offer(): boolean {
    if (this.waiting === 0 || !this.#roomy) return false
    const child = this.#private[this.#head]!
    const offered = { child, slot: 0 }
    // In this order: where the stack ends in the middle of it, the child is in one of the two lists, with its slot if it has one.
    this.#published.push(offered)
    this.#head++
    this.#worker.offers.call(offered, child.record, child.args, this.#root)
    if (offered.slot === 0) {
      this.#published.pop()
      this.#head--
      return false
    }
    this.#trim()
    this.#reap()
    return true
  }

  /** All children end; throws the first error in the order of spawning. */
  finish(): void {
    const worker = this.#worker
    while (this.waiting > 0) {
      if (worker.words[worker.want] !== 0) worker.publish()
      if (this.waiting > 0) this.#runOldest()
    }
    // Newest first: the deque's older end is where thieves are.
    while (this.#published.length > this.#reaped) {
      const { child, slot } = this.#published.pop()!
      if (slot === 0 || worker.regain(slot)) this.#run(child, 0)
      else this.#settle(child, slot)
    }
    this.#open = false
    const [first, ...others] = this.#failures()
    if (first === undefined) return
    this.#failed = undefined
    for (const { error } of others) attach(first.error, error)
    throw first.error
  }

  /** Children that nobody has begun are dropped, the others waited for; their errors go with `error`. */
  cancel(error: unknown): void {
    this.#open = false
    this.#private = []
    this.#head = 0
    while (this.#published.length > this.#reaped) {
      const { child, slot } = this.#published.pop()!
      if (slot !== 0 && !this.#worker.regain(slot)) this.#settle(child, slot)
    }
    for (const failure of this.#failures()) attach(error, failure.error)
  }

  #runOldest(): void {
    this.#run(this.#private[this.#head]!, 1)
    this.#trim()
  }

  /** With no call beside the child's own, nor a literal, which V8 may find no room for either: where the stack ends, the child is still there or its error is. */
  #run(child: Child, taken: 0 | 1): void {
    this.#head += taken
    this.#apart = true
    try {
      ;(child.record.fn as (...args: unknown[]) => unknown)(...child.args)
    } catch (error) {
      child.error = error
      child.failed = this.#failed
      this.#failed = child
    }
    this.#apart = false
  }

  #failures(): Child[] {
    const failures: Child[] = []
    for (let child = this.#failed; child !== undefined; child = child.failed) failures.push(child)
    return failures.toSorted((a, b) => a.order - b.order)
  }

  #settle(child: Child, slot: number): void {
    const { failed, value } = this.#worker.outcome(slot)
    if (!failed) return
    child.error = value
    child.failed = this.#failed
    this.#failed = child
  }

  /** Collects what has ended at the old end, so that a long scope does not hold every slot to its end. */
  #reap(): void {
    // Many at a time: each look at a slot is a cache line of another thread's.
    if (this.#published.length - this.#reaped < MOST_UNREAPED || !roomy()) return
    while (this.#reaped < this.#published.length) {
      const { child, slot } = this.#published[this.#reaped]!
      // 0: the stack ended while it was offered; it runs when the scope ends.
      if (slot === 0 || !this.#worker.ended(slot)) break
      this.#reaped++
      this.#settle(child, slot)
    }
    if (this.#reaped > 256 && this.#reaped * 2 > this.#published.length) {
      this.#published = this.#published.slice(this.#reaped)
      this.#reaped = 0
    }
  }

  #trim(): void {
    if (this.#head > 256 && this.#head * 2 > this.#private.length) {
      this.#private = this.#private.slice(this.#head)
      this.#head = 0
    }
  }
}
