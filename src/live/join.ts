import type { House } from './house.ts'
import type { Outcome } from './outcome.ts'
import { Wait } from './wait.ts'
import type { Watch } from './watch.ts'

/** A handle. */
interface Joined {
  readonly watch: Watch
  readonly name: string
  readonly id: number
  look(): Outcome<unknown> | undefined
}

/** Waits for the end of a task: for its result, or `whole`, for what became of it. */
export class Join extends Wait<unknown> {
  readonly #handle: Joined
  readonly #whole: boolean

  constructor(house: House, handle: Joined, whole: boolean) {
    super(house)
    this.#handle = handle
    this.#whole = whole
  }

  get watches(): readonly Watch[] {
    return this.#handle.watch.alone
  }

  override concerns(handle: object): boolean {
    return handle === this.#handle
  }

  override get what(): string {
    return `the end of ${this.#handle.name}`
  }

  override get task(): number {
    return this.#handle.id
  }

  protected attempt(): boolean {
    const outcome = this.#handle.look()
    if (outcome === undefined) return false
    if (this.#whole) return this.settle(outcome)
    return outcome.ok ? this.settle(outcome.value) : this.fail(outcome.error)
  }
}
