import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import type * as receives from '../../../src/channel/receive.ts'
import type * as sends from '../../../src/channel/send.ts'
import type * as stations from '../../../src/channel/station.ts'
import type * as households from '../../../src/live/household.ts'
import type * as workers from '../../../src/scheduler/worker.ts'
import { CELLS } from '../../../src/scheduler/registry.ts'
import type { Outcome, Scenario } from '../explore.ts'
import type { Model } from '../model.ts'
import { load, store, watch, type Words } from '../seam.ts'
import type { Faults } from '../tree.ts'
import { awaitOver, turnUntil } from './houses.ts'
import { common, type Modules, modulesFor, RIPE, seated, THREADS } from './parts.ts'

/**
 * A channel as the stations of two seats see it: the receiver's, with a sender of its own or without, and a sender's; and the death of either
 * between any two steps.
 */

/** Where the address of the channel lies, and whether the first message from elsewhere has been sent. */
const ADDRESS = common.words - 3
const SENT = common.words - 4
/** Cells that a seat makes at a time, in the model: what is lost or free twice does not make up for it. */
const CHUNK = 8
const UNBOUNDED = -1

const SMALL: Faults = {
  ...RIPE,
  'channel/cells.ts': [
    ['const CHUNK = 512', `const CHUNK = ${CHUNK}`],
    ['const LOT = 64', 'const LOT = 2'],
  ],
  'channel/record.ts': [['const CHUNK = 8', 'const CHUNK = 1']],
}

interface Seat {
  readonly m: Modules
  readonly households: typeof households
  readonly stations: typeof stations
  readonly sends: typeof sends
  readonly receives: typeof receives
}

async function seatOf(m: Modules): Promise<Seat> {
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

interface At {
  readonly worker: workers.Worker
  readonly house: households.Household
  readonly station: stations.Station
  readonly seat: Seat
  readonly words: Words
}

type Part = (at: At) => unknown

function housed(seat: Seat, index: number, words: Words) {
  const worker = seated(seat.m, index, words)
  return { worker, house: seat.households.householdOf(worker), seat, words }
}

/** The seat of the receiver, where the channel is made. Another sender is on its way; `sends`: and one stays. */
const here =
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
const there =
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
const receiving =
  (meanwhile: (at: At) => void = () => {}, most = Infinity): Part =>
  at => {
    const { worker, house, station, seat } = at
    const got: unknown[] = []
    const wait = new seat.receives.Receive(station, () => {})
    const who = { wait, resume: (): void => void (take() && next()) }
    const take = (): boolean => {
      if (!wait.closed) got.push(wait.outcome())
      return !wait.closed && got.length < most
    }
    const next = (): void => {
      do wait.begin()
      while ((wait.poll() || house.waits.enlist(who)) && take())
    }
    next()
    meanwhile(at)
    turnUntil(worker, () => wait.closed || got.length === most)
    if (most === Infinity) station.dismiss()
    return got
  }

/** Of a send that is over: nobody will receive. */
const refused = (wait: sends.Send): boolean => {
  try {
    wait.outcome()
    return false
  } catch (error) {
    if (!(error instanceof Error && error.name === 'DisconnectedError')) throw error
    return true
  }
}

/** Sends and waits for it. False: nobody will receive. */
const sent = ({ worker, house, station, seat }: At, value: number): boolean => {
  const wait = new seat.sends.Send(station, () => {})
  wait.begin(value)
  awaitOver(worker, house, wait)
  return !refused(wait)
}

/** Takes what is there, and closes. */
const closing: Part = ({ station, seat }) => {
  const got = station.reserve(false) === seat.stations.READY ? [station.take()] : []
  station.dismiss()
  return got
}

async function scenarios(broken: Faults): Promise<Readonly<Record<string, Scenario>>> {
  const [a, b, c] = (await Promise.all((await modulesFor(3, broken, SMALL)).map(seatOf))) as [Seat, Seat, Seat]

  /** Every cell but the queue's dummy is free, once. */
  const audit = (memory: Int32Array, dummies: number): void => {
    const { registry } = seated(a.m, 0, watch(memory))
    const free: number[] = []
    for (let seat = 0; seat < registry.seats; seat++) {
      for (const head of [registry.seat(seat) + CELLS, registry.seat(seat) + CELLS + 1])
        for (let at = memory[head]!; at !== 0; at = memory[at]!) {
          ok(!free.includes(at), `cell ${at} is free twice`)
          free.push(at)
        }
    }
    strictEqual((free.length + dummies) % CHUNK, 0, `${free.length} cells are free`)
  }
  const repairing =
    (seat: number) =>
    (words: Words): (() => unknown) => {
      const { worker } = housed(c, THREADS, words)
      return () => c.m.repairs.repair(worker, seat, new Set(), () => {})
    }
  const scenario = (
    capacity: number,
    parts: readonly [Part, Part],
    check: (outcome: Outcome, got: readonly number[]) => void,
    options: Partial<Scenario> & { readonly sends?: boolean; readonly stays?: boolean } = {},
  ): Scenario => {
    const { sends: both = false, stays = false, ...rest } = options
    return {
      ...common,
      ...rest,
      threads: [
        here(a, capacity, both, parts[0]),
        there(b, stays, parts[1]),
        ...(options.victim === undefined ? [] : [repairing(options.victim)]),
      ],
      check: outcome => {
        check(outcome, outcome.results[0] as number[])
        if (!outcome.died) audit(outcome.memory, capacity > 0 ? 0 : 1)
      },
    }
  }
  const order = (got: readonly number[], numbers: readonly number[]): void =>
    deepStrictEqual(
      got.filter(n => numbers.includes(n)),
      numbers,
      'the order of a sender',
    )
  const sends =
    (numbers: readonly number[]): Part =>
    ({ station, words }) => {
      for (const n of numbers) {
        station.send(n)
        if (n === 1) store(words, SENT, 1)
      }
    }
  /** What was received, and whether the first message from elsewhere was sent before the first from here. */
  type Both = readonly [got: number[], saw: number]
  const both =
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
  const inOrder = ([got, saw]: Both, ours: readonly number[], theirs: readonly number[]): void => {
    strictEqual(got.length, ours.length + theirs.length, `received ${got.join()}`)
    order(got, ours)
    order(got, theirs)
    if (saw === 1) order(got, [1, 10])
  }
  /** Offers, and takes it back. True: too late. */
  const offering = ({ station, seat }: At): boolean => {
    const wait = new seat.sends.Send(station, () => {})
    wait.begin(5)
    const taken = wait.poll() || !wait.retract()
    if (!taken) wait.withdraw()
    return taken && !refused(wait)
  }
  const begins = (got: readonly number[], sentOnes: readonly number[]): void =>
    deepStrictEqual(got, sentOnes.slice(0, got.length), 'in their order, and nothing between is lost')

  return {
    'a sender here, and one elsewhere': scenario(
      UNBOUNDED,
      [both([10], 2), sends([1])],
      ({ results }) => inOrder(results[0] as Both, [10], [1]),
      { sends: true, stays: true },
    ),
    'the same of two messages, and their end': scenario(
      UNBOUNDED,
      [both([10, 11]), sends([1, 2])],
      ({ results }) => inOrder(results[0] as Both, [10, 11], [1, 2]),
      { sends: true, large: true },
    ),
    'the sender elsewhere dies': scenario(
      UNBOUNDED,
      [receiving(), sends([1, 2])],
      ({ died }, got) => (died ? begins(got, [1, 2]) : deepStrictEqual(got, [1, 2])),
      { victim: 1, large: true },
    ),
    'the receiver closes': scenario(
      UNBOUNDED,
      [closing, ({ station }) => [station.send(1), station.send(2)]],
      ({ results }, got) => {
        const [first, second] = results[1] as [boolean, boolean]
        ok(first || !second)
        ok(got.length === 0 || (first && got[0] === 1))
      },
    ),
    'an offer is taken, taken back, or refused': scenario(0, [closing, offering], ({ results }, got) =>
      deepStrictEqual(got, results[1] === true ? [5] : []),
    ),
    'an offer is taken back beside who waits': scenario(
      0,
      [
        receiving(),
        at => {
          const taken = offering(at)
          sent(at, 6)
          return taken
        },
      ],
      ({ results }, got) => deepStrictEqual(got, results[1] === true ? [5, 6] : [6]),
      { large: true },
    ),
    'who offers is killed': scenario(
      0,
      [
        closing,
        ({ station, seat }) => {
          const wait = new seat.sends.Send(station, () => {})
          wait.begin(5)
          wait.poll()
          wait.withdraw()
        },
      ],
      (_, got) => begins(got, [5]),
    ),
    'for whoever waits': scenario(
      0,
      [
        receiving(),
        ({ station }) => {
          const cell = station.cells.fill(5)
          if (station.meet(cell)) return true
          station.cells.undo(cell)
          return false
        },
      ],
      ({ results }, got) => deepStrictEqual(got, results[1] === true ? [5] : []),
      { large: true },
    ),
    'one offer for one that waits': scenario(
      0,
      [receiving(undefined, 1), at => sent(at, 5)],
      (_, got) => deepStrictEqual(got, [5]),
      { stays: true },
    ),
    'the receiver closes on an offer': scenario(0, [closing, at => sent(at, 5)], ({ results }, got) =>
      deepStrictEqual(got, results[1] === true ? [5] : []),
    ),
    'who offers dies': scenario(
      0,
      [receiving(), at => sent(at, 5)],
      ({ died }, got) => (died ? begins(got, [5]) : deepStrictEqual(got, [5])),
      { victim: 1, large: true },
    ),
    'the receiver dies beside an offer': scenario(
      0,
      [receiving(), at => sent(at, 5)],
      ({ died }, got) => {
        if (!died) deepStrictEqual(got, [5])
      },
      { victim: 0, large: true },
    ),
    'room for one': scenario(
      1,
      [receiving(undefined, 2), at => [sent(at, 1), sent(at, 2)]],
      (_, got) => deepStrictEqual(got, [1, 2]),
      { stays: true, large: true },
    ),
    'the end of a bounded one': scenario(
      1,
      [receiving(), at => sent(at, 1)],
      (_, got) => deepStrictEqual(got, [1]),
      { large: true },
    ),
    'the receiver closes on who waits for room': scenario(
      1,
      [closing, at => [sent(at, 1), sent(at, 2)]],
      ({ results }, got) => {
        const [first, second] = results[1] as [boolean, boolean]
        ok(first || !second)
        ok(got.length === 0 || (first && got[0] === 1))
        ok(!second || got.length === 1, 'the second came in when the first was out')
      },
    ),
  }
}

export const model: Model = {
  build: scenarios,
  faults: {},
}
