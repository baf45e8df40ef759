import { Wait } from '../live/wait.ts'
import type { Watch } from '../live/watch.ts'
import { ended } from './ends.ts'
import { type Direct, OVER, READY, type Station } from './station.ts'

/** Waits for a message. It is set aside when it is there, and taken, which is to read it, by the task that waited. */
export class Receive extends Wait<unknown> implements Direct {
  readonly #station: Station
  readonly #onDone: (done: Receive) => void
  readonly watches: readonly Watch[]
  /** What `yield*` yields while it is not there: the same each time. */
  readonly #asking = { done: false, value: this } as const
  /** Nothing will come. */
  closed = false

  constructor(station: Station, onDone: (done: Receive) => void) {
    super(station.house)
    this.#station = station
    this.#onDone = onDone
    this.watches = station.watch.alone
  }

  begin(): void {
    this.again()
    this.closed = false
  }

  protected attempt(): boolean {
    const found = this.#station.reserve(true)
    if (found === READY) return this.settle(undefined)
    if (found !== OVER) return false
    this.closed = true
    throw ended()
  }

  /** A sender on this seat hands its message over. */
  accept(): void {
    this.settle(undefined)
  }

  override outcome(): unknown {
    return this.closed ? super.outcome() : this.#station.take()
  }

  protected override abandon(): void {
    this.#station.release()
  }

  override next(): IteratorResult<Wait<unknown>, unknown> {
    this.heed()
    let value: unknown
    // In a rush of messages nearly all come this way.
    if (!this.over && this.#station.fresh) {
      this.settle(undefined)
      value = this.#station.takeFresh()
    } else if (this.poll()) value = this.outcome()
    else {
      const { watch } = this.#station
      this.seen = watch.armed ? watch.rings : -1
      this.house.asked = this
      return this.#asking
    }
    this.#onDone(this)
    return { done: true, value }
  }
}
