import type { TaskRecord } from './tasks.ts'

/**
 * What a seat needs to know of tasks that outlive the call of their body: generators, and whoever has children. The room that
 * implements it (live/) is loaded when the first of them appears, so that programs of forks alone do without.
 */
export interface Residents {
  /**
   * The body of the root job in `slot` has returned `value` here, or thrown it. True: the task lives on, and its end is seen to;
   * false: it ends now, by the caller.
   */
  keeps(slot: number, record: TaskRecord | undefined, failed: boolean, value: unknown): boolean
  /** Mail. True if it was for the tasks that live here. Does not throw. */
  receives(slot: number): boolean
  /** Lets what is ready here take a step. True if anything did. Does not throw. */
  turn(): boolean
  /** Something is ready, or is a job that only this seat knows of. */
  readonly ready: boolean
  /** Nobody lives here: no task that waits or has children, no child whose end this seat is told of, no job that only it knows of. */
  readonly vacant: boolean
  /** Claims the newest of those jobs; 0 if there is none. */
  next(): number
  /** Lets others see some of those jobs. */
  show(): void
  /** Milliseconds until somebody has a time that it waits for; Infinity if nobody has. */
  readonly due: number
  /** Throws why the root that runs here must stop, if it must. */
  check(root: number): void
  /** The pool has ended: whoever awaits something outside of it is told `why`. Does not throw. */
  refuse(why: Error): void
}

/** What the thread that made a pool adds for its residents: it has an event loop to be woken and to be held. */
export interface Front {
  /** Something is ready: come back soon. */
  soon(): void
  /** The same in so many milliseconds. */
  later(ms: number): void
  /** One more, or one fewer, reason to stay and to listen. */
  enter(): void
  leave(): void
}

let open: ((worker: never) => Residents) | undefined

/** Called by that room when it is loaded: how a worker's seat gets its residents. */
export function provideResidents(how: (worker: never) => Residents): void {
  open = how
}

/** The seat of `worker` has residents from now on, if it had none. */
export function settle(worker: object): void {
  open?.(worker as never)
}
