import type { Belongings } from '../scheduler/belongings.ts'
import type { Handle } from './handle.ts'
import type { Wait } from './wait.ts'
import type { Waiting } from './watch.ts'

/** The body of a generator task. */
export type Body = Generator<Wait<unknown>, unknown, unknown>

/** A task that lives on this seat beyond the call of its body: it waits, or has children. */
export class Resident implements Waiting {
  readonly #step: (resident: Resident) => void
  readonly slot: number
  /** Name and place of the task, for messages. */
  readonly label: string
  /** Undefined in a plain task, and once the body has ended. */
  body: Body | undefined
  /** What it waits for, while it is suspended. */
  suspended: Wait<unknown> | undefined
  /** The last of its children that have not ended; the others are linked to it. */
  youngest: Handle<unknown> | undefined
  belongings: Belongings
  place = 0
  /** The body has ended. */
  over = false
  failed = false
  /** Why it must stop; for good. */
  killed: Error | undefined
  /** The errors of children that nobody has joined, in the order of their failing: to be thrown in the body one after the other. */
  griefs: Map<Handle<unknown>, unknown> | undefined

  constructor(step: (resident: Resident) => void, slot: number, label: string) {
    this.#step = step
    this.slot = slot
    this.label = label
  }

  get wait(): Wait<unknown> {
    return this.suspended!
  }

  resume(): void {
    this.#step(this)
  }

  bear(child: Handle<unknown>): void {
    child.elder = this.youngest
    if (this.youngest !== undefined) this.youngest.younger = child
    this.youngest = child
  }

  *children(): Generator<Handle<unknown>> {
    for (let child = this.youngest; child !== undefined; child = child.elder) yield child
  }

  lose(child: Handle<unknown>): void {
    const { elder, younger } = child
    // The end of the stack may have cut off its birth.
    if (younger === undefined && this.youngest !== child) return
    if (elder !== undefined) elder.younger = younger
    if (younger !== undefined) younger.elder = elder
    else this.youngest = elder
    child.elder = child.younger = undefined
  }

  grieve(of: Handle<unknown>, error: unknown): void {
    ;(this.griefs ??= new Map()).set(of, error)
  }

  /** True if that child was one of those: it is not any more. */
  console(of: Handle<unknown>): boolean {
    if (this.griefs?.delete(of) !== true) return false
    if (this.griefs.size === 0) this.griefs = undefined
    return true
  }

  /** Something must be thrown in the body at the next occasion, unless it is shielded. */
  get troubled(): boolean {
    return this.killed !== undefined || this.griefs !== undefined
  }
}
