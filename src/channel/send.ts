import { Wait } from '../live/wait.ts'
import type { Watch } from '../live/watch.ts'
import { disconnected } from './ends.ts'
import type { Station } from './station.ts'

/** A send that may wait: for room, or for the receiver. */
export class Send extends Wait<void> {
  readonly #station: Station
  readonly watches: readonly Watch[]
  /** A `yield*` has waited for it, and nobody else asks for it: it may begin again. */
  idle = true
  #value: unknown
  /** The message, once it is written, while it is ours. */
  #cell = 0
  /** Of a rendezvous, once it is offered. */
  #answer = 0

  constructor(station: Station) {
    super(station.house)
    this.#station = station
    this.watches = station.room.alone
  }

  begin(value: unknown): void {
    this.idle = false
    this.again()
    this.#value = value
  }

  protected attempt(): boolean {
    const station = this.#station
    if (station.capacity === 0) return this.#meet(station)
    if (this.#cell === 0) this.#cell = station.cells.fill(this.#value)
    return this.#end(station.place(this.#cell, true))
  }

  #meet(station: Station): boolean {
    if (this.#answer !== 0) {
      const taken = station.offers.answered(this.#answer)
      if (taken !== false) this.#answer = 0
      return this.#end(taken)
    }
    this.#cell = station.cells.fill(this.#value)
    this.#answer = station.offer(this.#cell)
    if (this.#answer === 0) return this.#end(undefined)
    this.#cell = 0
    return false
  }

  #end(sent: boolean | undefined): boolean {
    if (sent === false) return false
    if (sent === true) {
      this.#cell = 0
      this.#value = undefined
      return this.settle(undefined)
    }
    const value = this.#value
    this.leave()
    throw disconnected(value)
  }

  override get offers(): boolean {
    return this.#station.capacity === 0
  }

  override retract(): boolean {
    if (this.#answer === 0) return true
    if (!this.#station.offers.withdraw(this.#answer)) return !this.poll()
    this.#answer = 0
    return true
  }

  /** Nothing was sent: everything is as it was. */
  protected override leave(): void {
    if (this.#cell !== 0) this.#station.cells.undo(this.#cell)
    const { offers } = this.#station
    // Answered by now: whatever it was, nobody will ask.
    if (this.#answer !== 0 && !offers.withdraw(this.#answer)) offers.answered(this.#answer)
    this.#cell = this.#answer = 0
    this.#value = undefined
  }

  override next(): IteratorResult<Wait<void>, void> {
    const step = super.next()
    this.idle = step.done === true
    return step
  }
}
