import type { Worker } from '../scheduler/worker.ts'
import type { Crew } from './crew.ts'
import type { Settings } from './options.ts'
import type { Runs } from './runs.ts'

/** What a pool needs of its {@link Staff}, which programs of forks alone do without (staff.ts, docs/adr/0006). */
export interface Hired {
  /** Seats of dedicated threads where somebody lives, and nothing runs: they answer at once. */
  readonly homes: readonly number[]
  resize(threads: number): Promise<void>
  stop(): void
}

type Hire = (worker: Worker, crew: Crew, runs: Runs, settings: Settings) => Hired

let provided: Hire | undefined

/** Called by that room when it is loaded. */
export function provideStaff(hire: Hire): void {
  provided = hire
}

/** Staff for a pool; undefined where a bundler has left it out. */
export function staffFor(...pool: Parameters<Hire>): Hired | undefined {
  return provided?.(...pool)
}
