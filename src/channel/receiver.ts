import { DisconnectedError, FilchError } from '../errors.ts'
import type { Belonging } from '../scheduler/belongings.ts'
import type { Wait } from '../live/wait.ts'
import type { Envoy } from '../wire/envoy.ts'
import { OVER, READY } from './answer.ts'
import { ended, hold, unusable } from './ends.ts'
import { Receive } from './receive.ts'
import type { Station } from './station.ts'

/** Messages that {@link Receiver.forEach} takes between two looks whether its task shall stop. */
const MOST = 256

/**
 * The end of a channel that receives. There is one; it moves when it is sent to another task, and the object that was sent is of no use then.
 * It is closed when the task that holds it ends.
 */
export class Receiver<T> implements Envoy, Belonging, AsyncIterable<T> {
  #station: Station | undefined
  /** The last that was asked for. */
  #wait: Receive | undefined
  /** Keeps a sender from being taken for a receiver. */
  declare protected readonly gives: () => T

  /** @internal */
  constructor(station: Station | undefined) {
    this.#station = station
  }

  /**
   * Waits for the next message: `yield* receiver.receive()` in a generator task, `await receiver.receive()` outside.
   *
   * @throws {DisconnectedError} once all senders are closed and everything was received
   */
  receive(): Wait<T> {
    return this.#begin() as Wait<unknown> as Wait<T>
  }

  #begin(): Receive {
    const station = this.#open()
    let wait = this.#wait
    if (wait?.idle !== true) this.#wait = wait = new Receive(station)
    wait.begin()
    return wait
  }

  /**
   * The next message if there is one, else `otherwise`.
   *
   * @throws {DisconnectedError} once all senders are closed and everything was received
   */
  tryReceive<O = undefined>(otherwise?: O): T | O {
    const station = this.#open()
    station.worker.poll()
    const found = station.reserve(false)
    if (found === READY) return station.take() as T
    if (found === OVER) throw ended()
    return otherwise as O
  }

  /**
   * Calls `body` with each message until all senders are closed, and returns how many there were: `yield* receiver.forEach(body)`
   * in a generator task. It is the fastest way to receive many.
   */
  *forEach(body: (message: T) => void): Generator<Wait<unknown>, number, unknown> {
    const station = this.#open()
    let count = 0
    for (;;) {
      station.worker.poll()
      let found = READY
      for (let i = 0; i < MOST && (found = station.reserve(false)) === READY; i++, count++) body(station.take() as T)
      if (found === OVER) return count
      if (found === READY) continue
      const wait = this.#begin()
      let message: T
      try {
        message = (yield* wait) as T
      } catch (error) {
        if (wait.closed) return count
        throw error
      }
      body(message)
      count++
    }
  }

  /**
   * Outside of tasks: `for await (const message of receiver)`. Ends once all senders are closed and everything was received.
   * Leaving the loop earlier closes the receiver, as it does with streams: senders fail then.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    const next = async (): Promise<IteratorResult<T>> => {
      try {
        return { done: false, value: await this.receive() }
      } catch (error) {
        if (error instanceof DisconnectedError) return { done: true, value: undefined }
        throw error
      }
    }
    return {
      next,
      return: () => {
        this.close()
        return Promise.resolve({ done: true, value: undefined })
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  /** Nothing is wanted any more: what was not received is dropped, and senders fail. */
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
    this.#station = this.#wait = undefined
    station?.dismiss()
  }

  /** @internal */
  get home(): object | undefined {
    return this.#station?.worker
  }

  /** Of the protocol between filch's rooms: not to be called. */
  depart(): readonly number[] {
    const station = this.#open()
    if (station.busy) {
      throw new FilchError('ERR_FILCH_CHANNEL', 'A receiver cannot be sent while somebody waits for its next message.')
    }
    const ticket = station.sendReceiver()
    this.#station = undefined
    this.#wait = undefined
    station.worker.lodging.forget(this)
    station.away = {
      ticket,
      back: () => {
        this.#station = station
        hold(this, station)
      },
    }
    return [station.slot, station.use, ticket]
  }

  #open(): Station {
    if (this.#station !== undefined) return this.#station
    throw unusable(
      'receiver',
      'perhaps because the task that held it has ended, or was sent to another: a receiver moves.',
    )
  }
}

/** The receiver, at its station, which the current task holds. */
export function receiver<T>(station: Station): Receiver<T> {
  return hold(new Receiver<T>(station), station)
}
