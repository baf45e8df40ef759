import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import { CELLS } from '../../../src/scheduler/registry.ts'
import type { Outcome, Scenario } from '../explore.ts'
import type { Model } from '../model.ts'
import { watch, type Words } from '../seam.ts'
import type { Faults } from '../tree.ts'
import { common, modulesFor, seated, THREADS } from './parts.ts'
import {
  begins,
  both,
  type Both,
  CHUNK,
  closing,
  here,
  housed,
  inOrder,
  offering,
  type Part,
  receiving,
  type Seat,
  seatOf,
  sends,
  sent,
  SMALL,
  there,
  UNBOUNDED,
} from './stations.ts'

/**
 * A channel as the stations of two seats see it: the receiver's, with a sender of its own or without, and a sender's; and the death of either
 * between any two steps.
 */

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
    const { sends: two = false, stays = false, ...rest } = options
    return {
      ...common,
      ...rest,
      threads: [
        here(a, capacity, two, parts[0]),
        there(b, stays, parts[1]),
        ...(options.victim === undefined ? [] : [repairing(options.victim)]),
      ],
      check: outcome => {
        check(outcome, outcome.results[0] as number[])
        if (!outcome.died) audit(outcome.memory, capacity > 0 ? 0 : 1)
      },
    }
  }
  return {
    'a sender here, and one elsewhere': scenario(
      UNBOUNDED,
      [both([10], 2), sends([1])],
      ({ results }) => inOrder(results[0] as Both, [10], [1]),
      { sends: true, stays: true, long: 'buffered' },
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
      { victim: 1, large: true, share: 0.25 },
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
      { large: true, share: 0.25 },
    ),
    'who offers is killed': scenario(
      0,
      [
        closing,
        ({ station, seat }) => {
          const wait = new seat.sends.Send(station)
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
        receiving(undefined, 1),
        at => {
          const { cells } = at.station
          const cell = cells.fill(5)
          if (at.station.meet(cell)) return
          cells.undo(cell)
          sent(at, 5)
        },
      ],
      (_, got) => deepStrictEqual(got, [5]),
      { stays: true, large: true, share: 0.25 },
    ),
    'the receiver closes on an offer': scenario(
      0,
      [closing, at => sent(at, 5)],
      ({ results }, got) => deepStrictEqual(got, results[1] === true ? [5] : []),
      { long: 'buffered' },
    ),
    'who offers dies': scenario(
      0,
      [receiving(), at => sent(at, 5)],
      ({ died }, got) => (died ? begins(got, [5]) : deepStrictEqual(got, [5])),
      { victim: 1, large: true, share: 0.25 },
    ),
    'the receiver dies beside an offer': scenario(
      0,
      [receiving(), at => sent(at, 5)],
      ({ died }, got) => {
        if (!died) deepStrictEqual(got, [5])
      },
      { victim: 0, large: true, share: 0.25 },
    ),
    'room for two': scenario(
      2,
      [receiving(undefined, 2), ({ station }) => [1, 2].map(n => station.place(station.cells.fill(n), false))],
      (_, got) => deepStrictEqual(got, [1, 2]),
      { stays: true, large: true },
    ),
    'room for one': scenario(
      1,
      [receiving(undefined, 2), at => [sent(at, 1), sent(at, 2)]],
      (_, got) => deepStrictEqual(got, [1, 2]),
      { stays: true, large: true },
    ),
    'the end of a bounded one': scenario(1, [receiving(), at => sent(at, 1)], (_, got) => deepStrictEqual(got, [1]), {
      large: true,
    }),
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
  faults: {
    'a hand-off overtakes what is in the queue': {
      'channel/station.ts': [['if (wait.accept === undefined || !this.#chain!.sleeps) return false', '']],
    },
    'who sleeps has not looked since it was armed': {
      'channel/station.ts': [['this.#slept === watch.rings && watch.armed && this.#chain!.sleeps', 'watch.armed']],
    },
    'what was read ahead is not taken out': {
      'channel/ahead.ts': [['    for (let had = this.#had; had > 0;) {', '    for (let had = 0; had > 0;) {']],
    },
    'what was handed over is not next': {
      'channel/station.ts': [
        [
          '    if (this.#handed) {\n      const hand',
          '    if (this.#handed && this.#chain!.count(0) === 0) {\n      const hand',
        ],
      ],
    },
    'a message rings before it is sent': {
      'channel/station.ts': [
        [
          '    const answer = this.#outbox!.push(value)\n',
          '    this.worker.post.ring(this.slot + at.WATCHERS)\n    const answer = this.#outbox!.push(value)\n',
        ],
        [
          '    if (answer === RING) this.worker.post.ring(this.slot + at.WATCHERS)\n    return answer',
          '    return answer',
        ],
      ],
    },
    'the end of the senders rings before it is there': {
      'channel/station.ts': [
        [
          '    this.#chain?.mark(GONE)\n    this.worker.post.ring(this.slot + at.WATCHERS)\n',
          '    this.worker.post.ring(this.slot + at.WATCHERS)\n    this.#chain?.mark(GONE)\n',
        ],
      ],
    },
    'the end of the senders is not marked': {
      'channel/station.ts': [['    this.#chain?.mark(GONE)\n', '']],
    },
    'an offer is taken back by a store': {
      'channel/offers.ts': [
        [
          'return replace(this.#arena.words, answer, OFFERED, WITHDRAWN)',
          'store(this.#arena.words, answer, WITHDRAWN)\n    return true',
        ],
        ['import { load, replace }', 'import { load, replace, store }'],
      ],
    },
    'an offer is taken by a store': {
      'channel/offers.ts': [
        [
          'const first = replace(words, answer, OFFERED, word)',
          'const first = load(words, answer) === OFFERED\n    store(words, answer, word)',
        ],
        ['import { load, replace }', 'import { load, replace, store }'],
      ],
    },
    'both free the answer': {
      'channel/offers.ts': [['if (!first) this.#cells.free(answer)', 'this.#cells.free(answer)']],
    },
    'nobody frees an answer that comes second': {
      'channel/offers.ts': [['    if (!first) this.#cells.free(answer)\n', '']],
    },
    'an offer that was taken back is received': {
      'channel/offers.ts': [['return first\n', 'return true\n']],
    },
    'an offer is taken without a ring': {
      'channel/station.ts': [
        [
          '        this.#reserved++\n        this.worker.post.ring(this.slot + at.ROOM)\n',
          '        this.#reserved++\n',
        ],
      ],
    },
    'it rings before the offer is taken': {
      'channel/station.ts': [
        [
          '        this.#reserved++\n        this.worker.post.ring(this.slot + at.ROOM)\n',
          '        this.#reserved++\n',
        ],
        [
          '      if (this.offers.accept(cell)) {',
          '      this.worker.post.ring(this.slot + at.ROOM)\n      if (this.offers.accept(cell)) {',
        ],
      ],
    },
    'who closes leaves the offers': {
      'channel/station.ts': [['      this.offers.refuse(cell)\n', '']],
    },
    'who closes rings nobody': {
      'channel/station.ts': [['    worker.post.ring(slot + at.ROOM)\n', '']],
    },
    'who closes rings before it is closed': {
      'channel/station.ts': [
        ['    worker.post.ring(slot + at.ROOM)\n', ''],
        [
          '    this.#hand = undefined\n    const drop',
          '    this.#hand = undefined\n    worker.post.ring(slot + at.ROOM)\n    const drop',
        ],
      ],
    },
    'given to a sleeper, and no ring': {
      'channel/station.ts': [
        [
          '    if (!this.#chain!.pushToSleeper(cell)) return false\n    this.worker.post.ring(this.slot + at.WATCHERS)\n',
          '    if (!this.#chain!.pushToSleeper(cell)) return false\n',
        ],
      ],
    },
    'a message in a bounded one rings nobody': {
      'channel/station.ts': [
        ['if (done === true && ring.arouse()) this', 'if (done === undefined && ring.arouse()) this'],
      ],
    },
    'who takes from a bounded one rings nobody': {
      'channel/station.ts': [['    if (ring.invite()) this.worker.post.ring(this.slot + at.ROOM)\n', '']],
    },
    'the end of a bounded one overtakes what was sent': {
      'channel/station.ts': [['return ring.holds(this.#reserved) ? this.#reserveOne() : OVER', 'return OVER']],
    },
    'a dead sender counts as one': {
      'channel/station.ts': [['else if (this.#holders.bury(seat)) this.desert()', '']],
    },
    'who saw to the end and died has seen to it': {
      'channel/station.ts': [['if (at.isSeeing(arena, this.slot, seat)) this.#seeToSenders()\n    else if', 'if']],
    },
    'a dead receiver is not buried': {
      'channel/station.ts': [['    this.ahead?.attach()\n    this.dismiss()\n', '']],
    },
  },
  shownIn: {
    'a hand-off overtakes what is in the queue': 'a sender here, and one elsewhere',
    'a message rings before it is sent': 'a sender here, and one elsewhere',
    'an offer is taken back by a store': 'an offer is taken, taken back, or refused',
    'an offer is taken by a store': 'an offer is taken, taken back, or refused',
    'both free the answer': 'an offer is taken, taken back, or refused',
    'nobody frees an answer that comes second': 'an offer is taken, taken back, or refused',
    'an offer that was taken back is received': 'an offer is taken, taken back, or refused',
    'who closes leaves the offers': 'an offer is taken, taken back, or refused',
    'who closes rings nobody': 'the receiver closes on an offer',
    'who closes rings before it is closed': 'the receiver closes on an offer',
    'what was handed over is not next': 'the same of two messages, and their end',
    'the end of the senders rings before it is there': 'the same of two messages, and their end',
    'the end of the senders is not marked': 'the same of two messages, and their end',
    'an offer is taken without a ring': 'an offer is taken back beside who waits',
    'it rings before the offer is taken': 'an offer is taken back beside who waits',
    'given to a sleeper, and no ring': 'for whoever waits',
    'a message in a bounded one rings nobody': 'room for two',
    'who takes from a bounded one rings nobody': 'room for one',
    'the end of a bounded one overtakes what was sent': 'the end of a bounded one',
    'a dead sender counts as one': 'the sender elsewhere dies',
    'who saw to the end and died has seen to it': 'the sender elsewhere dies',
    'a dead receiver is not buried': 'the receiver dies beside an offer',
  },
}
