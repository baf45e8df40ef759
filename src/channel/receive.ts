import { Wait } from '../live/wait.ts'
import type { Watch } from '../live/watch.ts'
import type { Ahead } from './ahead.ts'
import { ASLEEP, type Direct, OVER, READY } from './answer.ts'
import { ended, unusable } from './ends.ts'
import type { Station } from './station.ts'

/** Waits for a message. It is set aside when it is there, and taken, which is to read it, by the task that waited. */
export class Receive extends Wait<unknown> implements Direct {
  readonly #station: Station
  readonly #ahead: Ahead | undefined
  readonly watches: readonly Watch[]
  /** What `yield*` yields while it is not there: the same each time. */
  readonly #asking = { done: false, value: this } as const
  /** Nothing will come. */
  closed = false
  /** The stay of the receiver here in which this was asked for. It may come back, and the channel's record be another's: not for this. */
  #stay = 0
  #waits = false
  /** A `yield*` has had what it came to, and nobody else asks for it: it may begin again. */
  idle = true

  constructor(station: Station) {
    super(station.house)
    this.#station = station
    this.#ahead = station.ahead
    this.watches = station.watch.alone
  }

  begin(): void {
    this.idle = this.#waits = false
    this.#stay = this.#station.stay
    this.again()
  }

  protected attempt(): boolean {
    if (this.#isLeft) throw this.#left()
    const found = this.#station.reserve(true)
    if (found === READY) return this.settle(undefined)
    if (found !== OVER) {
      this.#waits = true
      return false
    }
    this.closed = true
    throw ended()
  }

  /** A sender on this seat hands its message over. */
  accept(): void {
    this.settle(undefined)
  }

  override outcome(): unknown {
    if (this.closed) return super.outcome()
    if (this.#isLeft) throw this.#left()
    return this.#station.take()
  }

  protected override abandon(): void {
    if (!this.#isLeft) this.#station.release()
  }

  get #isLeft(): boolean {
    return this.#station.stay !== this.#stay
  }

  /** Who waits while the receiver is closed has come to the end; it cannot be sent then. */
  #left(): Error {
    this.closed = true
    return this.#waits ? ended() : unusable('receiver', 'or was sent to another task, after this was asked for.')
  }

  /** Throws if this task must stop: messages may come for ever, and whoever takes them does not look up otherwise. */
  #poll(): void {
    try {
      this.house.worker.poll()
    } catch (error) {
      this.withdraw()
      throw error
    }
  }

  override next(): IteratorResult<Wait<unknown>, unknown> {
    this.heed()
    const ahead = this.#ahead
    let value: unknown
    let fresh = 0
    // In a rush of messages nearly all come one of the first two ways.
    if (ahead?.some === true && !this.#isLeft) {
      this.settle(undefined)
      value = ahead.next()
    } else if (!this.over && !this.#isLeft && (fresh = this.#station.fresh) > 0) {
      this.#poll()
      this.settle(undefined)
      value = ahead!.take(fresh)
    } else if (fresh !== ASLEEP && this.poll()) value = this.outcome()
    else {
      const { watch } = this.#station
      this.seen = watch.armed ? watch.rings : -1
      this.house.asked = this
      return this.#asking
    }
    this.idle = true
    return { done: true, value }
  }
}
