import { deepStrictEqual, strictEqual } from 'node:assert/strict'

import type * as receives from '../../../src/channel/receive.ts'
import type * as sendings from '../../../src/channel/send.ts'
import { READY } from '../../../src/channel/answer.ts'
import type * as stations from '../../../src/channel/station.ts'
import type * as households from '../../../src/live/household.ts'
import type * as workers from '../../../src/scheduler/worker.ts'
import { load, store, type Words } from '../seam.ts'
import type { Faults } from '../tree.ts'
import { awaitOver, turnUntil } from './houses.ts'
import { common, type Modules, RIPE, seated } from './parts.ts'

/** What the threads of handoff.ts do: send, receive, offer and close. */

/** Where the address of the channel lies, and whether the first message from elsewhere has been sent. */
const ADDRESS = common.words - 3
const SENT = common.words - 4
/** Cells that a seat makes at a time, in the model: what is lost or free twice does not make up for it. */
export const CHUNK = 8
export const UNBOUNDED = -1

export const SMALL: Faults = {
  ...RIPE,
  'channel/cells.ts': [
    ['const CHUNK = 512', `const CHUNK = ${CHUNK}`],
    ['const LOT = 64', 'const LOT = 2'],
  ],
  'channel/record.ts': [['const CHUNK = 8', 'const CHUNK = 1']],
}

export interface Seat {
  readonly m: Modules
  readonly households: typeof households
  readonly stations: typeof stations
  readonly sends: typeof sendings
  readonly receives: typeof receives
}

export async function seatOf(m: Modules): Promise<Seat> {
  // What the repair does for channels.
  await m.from('channel/channel.ts')
  return {
    m,
    households: await m.from('live/household.ts'),
    stations: await m.from('channel/station.ts'),
    sends: await m.from('channel/send.ts'),
    receives: await m.from('channel/receive.ts'),
  }
}

export interface At {
  readonly worker: workers.Worker
  readonly house: households.Household
  readonly station: stations.Station
  readonly seat: Seat
  readonly words: Words
}

export type Part = (at: At) => unknown

export function housed(seat: Seat, index: number, words: Words) {
  const worker = seated(seat.m, index, words)
  return { worker, house: seat.households.householdOf(worker), seat, words }
}

/** The seat of the receiver, where the channel is made. Another sender is on its way; `sends`: and one stays. */
export const here =
  (seat: Seat, capacity: number, sends: boolean, part: Part) =>
  (words: Words): (() => unknown) => {
    const at = housed(seat, 0, words)
    const station = seat.stations.Station.open(at.worker, capacity)
    station.sendSender()
    words[ADDRESS] = station.slot
    if (!sends) station.removeSender()
    return () => {
      const result = part({ ...at, station })
      station.cells.flush()
      return result
    }
  }

/** The seat of that other sender, which has come. In the end it is closed, unless it `stays`. */
export const there =
  (seat: Seat, stays: boolean, part: Part) =>
  (words: Words): (() => unknown) => {
    const at = housed(seat, 1, words)
    const station = seat.stations.Station.at(at.worker, words[ADDRESS]!)
    station.addSender()
    station.receiveSender()
    return () => {
      const result = part({ ...at, station })
      if (!stays) station.removeSender()
      station.cells.flush()
      return result
    }
  }

/** A task that receives so many, or until there are no senders, and another on its seat, which does `meanwhile`. Returns what was received. */
export const receiving =
  (meanwhile: (at: At) => void = () => {}, most = Infinity): Part =>
  at => {
    const { worker, house, station, seat } = at
    const got: unknown[] = []
    const wait = new seat.receives.Receive(station)
    const over = (): boolean => wait.closed || got.length === most
    const who = { wait, place: 0, resume: (): void => void (step() && !over() && goOn()) }
    /** What a `yield*` does, from its beginning or when it is resumed. False: it waits. */
    const step = (): boolean => {
      try {
        let at = wait.next()
        while (at.done !== true) {
          if (!house.waits.enlist(who)) return false
          at = wait.next()
        }
        got.push(at.value)
      } catch (error) {
        if (!wait.closed) throw error
      }
      return true
    }
    const goOn = (): void => {
      do wait.begin()
      while (step() && !over())
    }
    goOn()
    meanwhile(at)
    turnUntil(worker, over)
    if (most === Infinity) station.dismiss()
    return got
  }

/** Of a send that is over: nobody will receive. */
const refused = (wait: sendings.Send): boolean => {
  try {
    wait.outcome()
    return false
  } catch (error) {
    if (!(error instanceof Error && error.name === 'DisconnectedError')) throw error
    return true
  }
}

/** Sends and waits for it. False: nobody will receive. */
export const sent = ({ worker, house, station, seat }: At, value: number): boolean => {
  const wait = new seat.sends.Send(station)
  wait.begin(value)
  awaitOver(worker, house, wait)
  return !refused(wait)
}

/** Takes what is there, and closes. */
export const closing: Part = ({ station }) => {
  const got = station.reserve(false) === READY ? [station.take()] : []
  station.dismiss()
  return got
}

export const order = (got: readonly number[], numbers: readonly number[]): void =>
  deepStrictEqual(
    got.filter(n => numbers.includes(n)),
    numbers,
    'the order of a sender',
  )
export const sends =
  (numbers: readonly number[]): Part =>
  ({ station, words }) => {
    for (const n of numbers) {
      station.send(n)
      if (n === 1) store(words, SENT, 1)
    }
  }
/** What was received, and whether the first message from elsewhere was sent before the first from here. */
export type Both = readonly [got: number[], saw: number]
export const both =
  (numbers: readonly number[], most = Infinity): Part =>
  at => {
    let saw = 0
    const meanwhile = ({ station, words }: At): void => {
      saw = load(words, SENT)
      for (const n of numbers) station.send(n)
      if (most === Infinity) station.removeSender()
    }
    return [receiving(meanwhile, most)(at), saw]
  }
export const inOrder = ([got, saw]: Both, ours: readonly number[], theirs: readonly number[]): void => {
  strictEqual(got.length, ours.length + theirs.length, `received ${got.join()}`)
  order(got, ours)
  order(got, theirs)
  if (saw === 1) order(got, [1, 10])
}
/** Offers, and takes it back. True: too late. */
export const offering = ({ station, seat }: At): boolean => {
  const wait = new seat.sends.Send(station)
  wait.begin(5)
  const taken = wait.poll() || !wait.retract()
  if (!taken) wait.withdraw()
  return taken && !refused(wait)
}
export const begins = (got: readonly number[], sentOnes: readonly number[]): void =>
  deepStrictEqual(got, sentOnes.slice(0, got.length), 'in their order, and nothing between is lost')
