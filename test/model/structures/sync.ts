import { ok, strictEqual } from 'node:assert/strict'

import type * as households from '../../../src/live/household.ts'
import type { Wait } from '../../../src/live/wait.ts'
import type * as slots from '../../../src/scheduler/slot.ts'
import type * as workers from '../../../src/scheduler/worker.ts'
import type * as barriers from '../../../src/sync/barrier.ts'
import type * as ivars from '../../../src/sync/ivar.ts'
import type { Held } from '../../../src/sync/held.ts'
import type * as mutexes from '../../../src/sync/mutex.ts'
import type * as semaphores from '../../../src/sync/semaphore.ts'
import type { Outcome, Scenario } from '../explore.ts'
import type { Model } from '../model.ts'
import { add, load, notify, store, wait as sleep, watch, type Words } from '../seam.ts'
import type { Faults } from '../tree.ts'
import { awaitOne } from './houses.ts'
import { audit, common, type Modules, modulesFor, seated, THREADS } from './parts.ts'

/**
 * What tasks meet at, with the households of two seats: two threads each of which waits or brings what the other waits for, and the death of one
 * between any two steps, after which a third repairs and brings it.
 */

/** Where the address of the record lies, and a cell that a mutex guards. */
const ADDRESS = common.words - 3
const CELL = common.words - 4

interface Kinds {
  readonly slots: typeof slots
  readonly households: typeof households
  readonly ivars: typeof ivars
  readonly barriers: typeof barriers
  readonly semaphores: typeof semaphores
  readonly mutexes: typeof mutexes
}

interface Seat {
  readonly m: Modules
  readonly kinds: Kinds
}

async function seatOf(m: Modules): Promise<Seat> {
  return {
    m,
    kinds: {
      slots: m.slots,
      households: await m.from('live/household.ts'),
      ivars: await m.from('sync/ivar.ts'),
      barriers: await m.from('sync/barrier.ts'),
      semaphores: await m.from('sync/semaphore.ts'),
      mutexes: await m.from('sync/mutex.ts'),
    },
  }
}

type Maker<H> = (kinds: Kinds, worker: workers.Worker) => H
type Class<H> = (kinds: Kinds) => new (house: households.Household, slot: number) => H

/** What a thread does with the thing, once it has it. */
type Part<H> = (thing: H, wait: <T>(one: Wait<T>) => T, words: Words) => unknown

/** The first thread makes the thing, all have an object of their own for it and let go of it in the end. */
function thread<H extends Held>(
  { m, kinds }: Seat,
  seat: number,
  others: number,
  make: Maker<H>,
  of: Class<H>,
  part: Part<H>,
) {
  return (words: Words) => {
    const worker = seated(m, seat, words)
    const { lodging } = worker
    const house = kinds.households.householdOf(worker)
    // A task runs: what it has is let go of at its end.
    lodging.loose = false
    let thing: H
    if (seat === 0) {
      thing = make(kinds, worker)
      for (let other = 0; other < others; other++) thing.depart()
      words[ADDRESS] = thing.slot
    } else thing = new (of(kinds))(house, words[ADDRESS]!)
    return () => {
      const result = part(thing, one => awaitOne(worker, house, one), words)
      lodging.letGo()
      // It may have been the last to have it, and hears of the end of its own subscription.
      lodging.turn()
      return result
    }
  }
}

const outside = (worker: workers.Worker): never => ({ pool: { lodge: () => worker } }) as never

const newIVar: Maker<ivars.IVar<number>> = (kinds, worker) => kinds.ivars.ivar<number>(outside(worker))
const anIVar: Class<ivars.IVar<number>> = kinds => kinds.ivars.IVar
const newSemaphore =
  (permits: number): Maker<semaphores.Semaphore> =>
  (kinds, worker) =>
    kinds.semaphores.semaphore(permits, outside(worker))
const aSemaphore: Class<semaphores.Semaphore> = kinds => kinds.semaphores.Semaphore
const newBarrier: Maker<barriers.Barrier> = (kinds, worker) => kinds.barriers.barrier(2, outside(worker))
const aBarrier: Class<barriers.Barrier> = kinds => kinds.barriers.Barrier
const newMutex: Maker<mutexes.Mutex> = (kinds, worker) => kinds.mutexes.mutex(outside(worker))
const aMutex: Class<mutexes.Mutex> = kinds => kinds.mutexes.Mutex

const get: Part<ivars.IVar<number>> = (thing, wait) => wait(thing.get())
const put =
  (value: number): Part<ivars.IVar<number>> =>
  thing =>
    thing.tryPut(value)
const useOnce: Part<semaphores.Semaphore> = (thing, wait, words) => {
  wait(thing.acquire())
  strictEqual(add(words, CELL, 1), 0, 'alone')
  add(words, CELL, -1)
  thing.release()
  return 'used'
}
const twice: Part<barriers.Barrier> = (thing, wait) => [wait(thing.wait()), wait(thing.wait())]
const bump: Part<mutexes.Mutex> = (thing, wait, words) => {
  const guard = wait(thing.lock())
  const seen = load(words, CELL)
  words[CELL] = seen + 1
  guard.release()
  return guard.inherited
}

async function scenarios(broken: Faults): Promise<Readonly<Record<string, Scenario>>> {
  const [a, b, c] = (await Promise.all((await modulesFor(3, broken)).map(seatOf))) as [Seat, Seat, Seat]

  const meeting = <H extends Held>(
    make: Maker<H>,
    of: Class<H>,
    parts: readonly [Part<H>, Part<H>],
    check: (results: readonly unknown[], memory: Int32Array) => void,
    mends?: Part<H>,
    long = false,
  ): Scenario => {
    const others = mends === undefined ? 1 : 2
    return {
      ...common,
      // Some 10,000 to 50,000 interleavings with every death; those without are few.
      ...(mends === undefined && !long ? { long: 'buffered' as const } : { large: true }),
      ...(mends === undefined ? {} : { victim: 1 }),
      threads: [
        thread(a, 0, others, make, of, parts[0]),
        thread(b, 1, others, make, of, parts[1]),
        ...(mends === undefined
          ? []
          : [
              thread(c, THREADS, others, make, of, (thing, wait, words) => {
                const worker = thing.house.worker
                a.m.place.words = words
                c.m.repairs.repair(worker, 1, new Set(), () => {})
                return mends(thing, wait, words)
              }),
            ]),
      ],
      check: (outcome: Outcome) => {
        check(outcome.results, outcome.memory)
        if (!outcome.died) cleanUp(outcome.memory, mends === undefined)
      },
    }
  }

  /** All have let go: what is in the mail is the end of subscriptions. */
  const cleanUp = (memory: Int32Array, all: boolean): void => {
    const words = watch(memory)
    if (!all) {
      // The object of who would have repaired.
      const worker = seated(c.m, THREADS, words)
      worker.lodging.loose = false
      const last = new c.kinds.ivars.IVar(c.kinds.households.householdOf(worker), memory[ADDRESS]!)
      ok(last.slot > 0)
      worker.lodging.letGo()
    }
    for (const [seat, side] of [a, b].entries()) {
      const worker = seated(side.m, seat, words)
      const house = side.kinds.households.householdOf(worker)
      worker.lodging.mail()
      house.turn()
    }
    audit(a.m, memory)
  }

  return {
    'an IVar is put and got': meeting(newIVar, anIVar, [get, put(7)], ([got, won]) => {
      strictEqual(got, 7)
      strictEqual(won, true)
    }),
    'two put, and read': meeting(
      newIVar,
      anIVar,
      [thing => [thing.tryPut(1), thing.peek()], thing => [thing.tryPut(2), thing.peek()]],
      results => {
        const [[first, one], [second, two]] = results as [[boolean, number], [boolean, number]]
        strictEqual(Number(first) + Number(second), 1, 'one of them has put')
        strictEqual(one, first ? 1 : 2)
        strictEqual(two, one)
      },
    ),
    'who puts dies': meeting(
      newIVar,
      anIVar,
      [get, put(7)],
      ([got]) => ok(got === 7 || got === 8, `got ${String(got)}`),
      put(8),
    ),
    'one permit for two': meeting(newSemaphore(1), aSemaphore, [useOnce, useOnce], results => {
      strictEqual(results.join(), 'used,used')
    }),
    'two permits for one, one by one': meeting(
      newSemaphore(0),
      aSemaphore,
      [
        (thing, wait) => wait(thing.acquire(2)),
        thing => {
          thing.release()
          thing.release()
        },
      ],
      () => {},
    ),
    'who releases dies': meeting(
      newSemaphore(0),
      aSemaphore,
      [(thing, wait) => wait(thing.acquire()), thing => thing.release()],
      () => {},
      thing => thing.release(),
    ),
    'who releases dies, and there is a second time': meeting(
      newSemaphore(0),
      aSemaphore,
      [
        (thing, wait, words) => {
          wait(thing.acquire())
          store(words, CELL, 1)
          notify(words, CELL, 1)
          wait(thing.acquire())
        },
        thing => {
          thing.release()
          thing.release()
        },
      ],
      () => {},
      (thing, _, words) => {
        thing.release()
        sleep(words, CELL, 0, Infinity)
        thing.release()
      },
    ),
    'two rounds of a barrier': meeting(
      newBarrier,
      aBarrier,
      [twice, twice],
      results => {
        const [one, two] = results as [boolean[], boolean[]]
        for (const round of [0, 1]) ok(one[round] !== two[round], 'one of them was the last')
      },
      undefined,
      true,
    ),
    'who arrives dies': meeting(
      newBarrier,
      aBarrier,
      [
        (thing, wait, words) => {
          const arrival = thing.wait()
          arrival.poll()
          store(words, CELL, 1)
          notify(words, CELL, 1)
          wait(arrival)
        },
        thing => void thing.arrive(),
      ],
      () => {},
      (thing, _, words) => {
        sleep(words, CELL, 0, Infinity)
        if (thing.arrived === 1) thing.arrive()
      },
    ),
    'a mutex for two': meeting(newMutex, aMutex, [bump, bump], (results, memory) => {
      strictEqual(memory[CELL], 2)
      strictEqual(results.join(), 'false,false')
    }),
    'the owner of a mutex dies': meeting(
      newMutex,
      aMutex,
      [bump, bump],
      ([inherited], memory) => ok(memory[CELL]! >= 1 && typeof inherited === 'boolean'),
      () => {},
    ),
  }
}

export const model: Model = {
  build: scenarios,
  faults: {
    'put rings before it has put': {
      'sync/ivar.ts': [
        ['    if (!replace(this.words', '    this.ring()\n    if (!replace(this.words'],
        ['    this.#value = given as T\n    this.ring()\n', '    this.#value = given as T\n'],
      ],
    },
    'put looks and stores': {
      'sync/ivar.ts': [
        [
          'if (!replace(this.words, slot + VALUE, 0, at)) {',
          'if (load(words, slot + VALUE) !== 0 || (store(words, slot + VALUE, at), false)) {',
        ],
        ['import { load, replace }', 'import { load, store }'],
      ],
    },
    'who waits looks before it is armed': {
      'live/watches.ts': [
        ['    const { wait } = who\n', '    const { wait } = who\n    const over = wait.poll()\n'],
        ['    if (!wait.poll()) return false\n', '    if (!over) return false\n'],
      ],
    },
    'a rung one is not armed again': {
      'live/watches.ts': [['    watch.armed = false\n', '']],
    },
    'the end of a thing tells nobody': {
      'lockfree/signal.ts': [['<= ARMED) mail(subscription)', '<= ARMED) void mail']],
    },
    'out of the mail by a store': {
      'lockfree/signal.ts': [
        [
          'return flag !== GONE && replace(words, subscription + this.#flag, flag, IDLE)',
          'store(words, subscription + this.#flag, IDLE)\n    return flag !== GONE',
        ],
      ],
    },
    'after a death nobody looks again': {
      'live/watches.ts': [['    for (const watch of this.#watches.values()) this.stir(watch)\n', '']],
    },
    'what a dead thread had rung counts as not rung': {
      'live/watches.ts': [
        ['if (mark > ARMED && isStale(registry, mark)) stale.push([subscription, mark])', ''],
        ['import { ARMED, GONE }', 'import { GONE }'],
      ],
    },
    'permits are taken by a store': {
      'sync/semaphore.ts': [
        [
          'if (replace(this.words, this.slot + STATE, left, left - count)) return true',
          'store(this.words, this.slot + STATE, left - count)\n      return true',
        ],
        ['import { load, replace }', 'import { load, replace, store }'],
      ],
    },
    'a release rings nobody': { 'sync/semaphore.ts': [['    this.ring()\n', '']] },
    'an arrival by a store': {
      'sync/barrier.ts': [
        [
          'if (!replace(this.words, this.slot + STATE, word, next)) continue',
          'store(this.words, this.slot + STATE, next)',
        ],
        ['import { load, replace }', 'import { load, replace, store }'],
      ],
    },
    'the last one leaves the generation': {
      'sync/barrier.ts': [['((word >>> HALF) + 1) << HALF', '(word >>> HALF) << HALF']],
    },
    'a mutex is taken by a store': {
      'sync/mutex.ts': [
        [
          'if (!replace(this.words, this.slot + STATE, word, worker.post.mark)) continue',
          'store(this.words, this.slot + STATE, worker.post.mark)',
        ],
        ['import { load, replace }', 'import { load, replace, store }'],
      ],
    },
    'a dead owner is an owner': {
      'sync/mutex.ts': [['if (word !== 0 && !isStale(worker.registry, word)) return -1', 'if (word !== 0) return -1']],
    },
    'a mutex is given back without a ring': {
      'sync/mutex.ts': [['worker.post.mark, 0)\n    this.ring()', 'worker.post.mark, 0)']],
    },
  },
}
