import { FilchError, OptionError, refuseOthers } from '../errors.ts'
import { inherit } from '../scheduler/heirs.ts'
import { CHANNEL } from '../scheduler/slot.ts'
import { currentWorker, type Worker } from '../scheduler/worker.ts'
import { provideChannels } from '../scheduler/lobby.ts'
import { envoys } from '../wire/envoy.ts'
import { isOpen, UNBOUNDED } from './record.ts'
import { receiver, Receiver } from './receiver.ts'
import { hold } from './ends.ts'
import { sender, Sender } from './sender.ts'
import { Station } from './station.ts'

/** How a channel is made. */
export interface ChannelOptions {
  /**
   * How many messages may wait to be received: who sends more waits for room. 0: each send waits until it is received.
   * Default: any number, and sending never waits.
   */
  readonly capacity?: number
}

/** Places of a ring: what a block of the pool's memory holds. */
const MOST = 1 << 20

/** Makes a channel whose ends are on this worker's seat, held by the current task if there is one. */
function open<T>(worker: Worker, options: ChannelOptions): [Sender<T>, Receiver<T>] {
  if (typeof options !== 'object' || options === null) throw new OptionError('options', options, 'Give an object.')
  refuseOthers('An option of channel', options, ['capacity'], 'There is: capacity.')
  const { capacity = Infinity } = options
  if (capacity !== Infinity && !(Number.isInteger(capacity) && capacity >= 0 && capacity <= MOST)) {
    throw new OptionError('capacity', capacity, `Give a whole number from 0 to ${MOST}, or nothing.`)
  }
  const station = Station.open(worker, capacity === Infinity ? UNBOUNDED : capacity)
  return [hold(new Sender<T>(station), station), receiver<T>(station)]
}

/** In a task: a channel. Undefined outside. */
export function openHere<T>(options: ChannelOptions): [Sender<T>, Receiver<T>] | undefined {
  const worker = currentWorker()
  return worker === undefined ? undefined : open(worker, options)
}

function stationOf(worker: Worker, slot: number, use: number): Station {
  const station = Station.at(worker, slot)
  if (station.use !== use) throw new FilchError('ERR_FILCH_CHANNEL', 'The channel of this end has ended.')
  return station
}

const SENDER = 1
const RECEIVER = 2

envoys<Worker>(SENDER, Sender.prototype, {
  many: true,
  arrive(worker, [slot, use], copy) {
    const station = stationOf(worker, slot!, use!)
    const end = sender(station)
    if (!copy) station.receiveSender()
    return end
  },
  recall: (worker, [slot, use]) => stationOf(worker, slot!, use!).receiveSender(),
})

envoys<Worker>(RECEIVER, Receiver.prototype, {
  arrive(worker, [slot, use, ticket]) {
    const station = Station.at(worker, slot!)
    // Of a result that is read twice, the first reader has it.
    if (station.use !== use || !station.receiveReceiver(ticket!)) return new Receiver(undefined)
    return receiver(station)
  },
  recall(worker, [slot, use, ticket], unsent) {
    const station = Station.at(worker, slot!)
    if (station.use !== use) return
    const { away } = station
    if (!station.receiveReceiver(ticket!)) return
    if (unsent && away?.ticket === ticket) away!.back()
    else station.dismiss()
  },
})

// After the death of a thread, on whichever thread repairs.
inherit(CHANNEL, (worker, slot, seat) => {
  if (isOpen(worker.registry.arena, slot)) Station.at(worker, slot).bury(seat)
})

provideChannels((worker, options) => open(worker, options as ChannelOptions))
