import type { Belonging } from '../scheduler/belongings.ts'
import type { Wait } from '../live/wait.ts'
import type { Envoy } from '../wire/envoy.ts'
import { disconnected, hold, unusable } from './ends.ts'
import { UNBOUNDED } from './record.ts'
import { Send } from './send.ts'
import { SENT } from './sent.ts'
import type { Station } from './station.ts'

/**
 * The end of a channel that sends. It can be cloned, and sent to other tasks: each of those has one of its own then. A channel has
 * no senders any more once all are closed; a sender that a task has made, cloned or been given is closed when the task ends.
 */
export class Sender<T> implements Envoy, Belonging {
  #station: Station | undefined
  /** The last that was asked for. */
  #wait: Send | undefined
  /** Keeps a receiver from being taken for a sender. */
  declare protected readonly accepts: (value: T) => void

  /** @internal */
  constructor(station: Station) {
    this.#station = station
  }

  /**
   * Sends a value, as a copy.
   *
   * On a channel without capacity given it is done when this returns, and what it returns need not be waited for. Else it is done by waiting:
   * `yield* sender.send(value)` in a generator task, `await sender.send(value)` outside; until there is room, or, with capacity 0, until the
   * value is received. What nobody waits for is not sent then.
   *
   * @throws {DisconnectedError} if the receiver is gone, with the value in `value`; from waiting, if the channel has a capacity
   * @throws {NotSendableError} if the value cannot cross
   */
  send(value: T): Wait<void> {
    const station = this.#open()
    station.worker.poll()
    if (station.capacity === UNBOUNDED) {
      if (!station.send(value)) throw disconnected(value)
      return SENT
    }
    let wait = this.#wait
    if (wait?.idle !== true) this.#wait = wait = new Send(station)
    wait.begin(value)
    return wait
  }

  /**
   * Sends a value if that needs no waiting. False: there is no room, or, with capacity 0, nobody waits to receive it.
   *
   * @throws {DisconnectedError} if the receiver is gone, with the value in `value`
   * @throws {NotSendableError} if the value cannot cross
   */
  trySend(value: T): boolean {
    const station = this.#open()
    station.worker.poll()
    if (station.capacity === UNBOUNDED) {
      if (!station.send(value)) throw disconnected(value)
      return true
    }
    const cell = station.cells.fill(value)
    const done = station.capacity === 0 ? station.meet(cell) : station.place(cell, false)
    if (done === true) return true
    station.cells.undo(cell)
    if (done === undefined || station.abandoned) throw disconnected(value)
    return false
  }

  /** Another sender of the same channel. */
  clone(): Sender<T> {
    return sender(this.#open())
  }

  /** This sender is not needed any more. Once all are closed, the receiver gets what was sent, and then the end. */
  close(): void {
    // A task that lives long closes any number.
    this.#station?.worker.lodging.forget(this)
    this.release()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** Of the protocol between filch's rooms: not to be called. */
  release(): void {
    const station = this.#station
    this.#station = undefined
    station?.removeSender()
  }

  /** @internal */
  get home(): object | undefined {
    return this.#station?.worker
  }

  /** Of the protocol between filch's rooms: not to be called. */
  depart(): readonly number[] {
    const station = this.#open()
    station.sendSender()
    return [station.slot, station.use]
  }

  #open(): Station {
    if (this.#station !== undefined) return this.#station
    throw unusable(
      'sender',
      'perhaps because the task that held it has ended. Send a sender to each task that needs one.',
    )
  }
}

/** Another sender at that station, which the current task holds. */
export function sender<T>(station: Station): Sender<T> {
  station.addSender()
  return hold(new Sender<T>(station), station)
}
