import type { KilledError } from '../errors.ts'
import type { Worker } from '../scheduler/worker.ts'
import type { Alarm } from './timers.ts'
import type { Awaited } from './watch.ts'
import type { Watches } from './watches.ts'

/** What those who live in a {@link Household} need of it. */
export interface House {
  readonly worker: Worker
  readonly waits: Watches
  /** Of handles (call.ts). */
  readonly calls: {
    place(child: object): void
    begin(child: object): void
    claim(child: object): number
    fell(child: object): void
    leave(slot: number): void
    bury(): void
  }
  /** What a `yield*` has just asked for and not got. */
  asked: object | undefined
  /** Whose body runs now. */
  readonly current: { readonly troubled: boolean } | undefined
  /** The body of a generator task runs now. */
  readonly stepping: boolean
  /** Throws what must be thrown in the task that is about to wait. */
  checkpoint(wait: { concerns(handle: object): boolean }): void
  /** The task that runs here gets the error of that child by joining it. False: it does not live here, or must be thrown something else. */
  heard(child: object): boolean
  promise<T>(wait: Awaited & { outcome(): T }): Promise<T>
  /** Something may be ready: where nobody looks by himself, somebody shall. */
  soon(): void
  /** A section is under way in which nothing may stop that root. */
  shielded(slot: number): boolean
  /** Stirs its watch when its time has come. */
  alarm(alarm: Alarm): void
  /** An alarm was turned off. */
  unalarm(): void
  /** Kills a root of this seat. */
  kill(slot: number, error: KilledError): void
}
