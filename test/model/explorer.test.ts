import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { applyEdits } from '../support/mutant.ts'
import { readSources } from '../support/source.ts'
import { exhaust, Failure, replay, type Scenario } from './explore.ts'
import { models } from './models.ts'
import { add, load, notify, replace, store, wait, watch, type Words } from './seam.ts'
import { enterWorld, IMMORTAL, type Strategy, World } from './world.ts'

/** Every order of steps there is, without any reduction: slow, and too simple to be wrong. */
class Naive implements Strategy {
  readonly #stack: { readonly ready: readonly number[]; at: number }[] = []
  #depth = 0
  #first = true

  next(): boolean {
    this.#depth = 0
    if (this.#first) {
      this.#first = false
      return true
    }
    for (let node = this.#stack.at(-1); node !== undefined; node = this.#stack.at(-1)) {
      if (++node.at < node.ready.length) return true
      this.#stack.pop()
    }
    return false
  }

  choose(ready: readonly number[]): number {
    const node = (this.#stack[this.#depth++] ??= { ready, at: 0 })
    return node.ready[node.at]!
  }

  took(): void {}
}

type Deed = readonly [kind: 'read' | 'write' | 'load' | 'store' | 'add' | 'swap' | 'wait' | 'notify', at: number]

const deed = fc.tuple(
  fc.constantFrom<Deed[0][]>('read', 'write', 'load', 'store', 'add', 'swap', 'wait', 'notify'),
  fc.nat(2),
)
const programs = fc.array(fc.array(deed, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 })

/** What the reduction once missed: a write that is let through after its thread's next read is not ordered after that read. */
const passedByLateWrite: Deed[][] = [
  [
    ['write', 2],
    ['read', 0],
  ],
  [['read', 0]],
  [
    ['wait', 2],
    ['write', 0],
  ],
]

function perform(words: Words, deeds: readonly Deed[], value: number): number[] {
  return deeds.map(([kind, at]) => {
    value += 10
    switch (kind) {
      case 'read':
        return words[at]!
      case 'write':
        return (words[at] = value)
      case 'load':
        return load(words, at)
      case 'store':
        store(words, at, value)
        return value
      case 'add':
        return add(words, at, 1)
      case 'swap':
        return replace(words, at, 0, value) ? 1 : 0
      case 'wait':
        wait(words, at, 0, Infinity)
        return 0
      case 'notify':
        notify(words, at, Infinity)
        return 0
      default:
        throw new Error(kind satisfies never)
    }
  })
}

const scenarioOf = (all: readonly (readonly Deed[])[], seen: (what: string) => void): Scenario => ({
  words: 3,
  threads: all.map((deeds, i) => (words: Words) => () => perform(words, deeds, i + 1)),
  mayRace: () => true,
  maySleep: [0, 1, 2],
  check: ({ results, memory }) => seen(JSON.stringify([results, [...memory]])),
})

function naive({ threads }: Scenario, buffered: boolean, seen: (what: string) => void): number {
  const strategy = new Naive()
  let count = 0
  for (; strategy.next(); count++) {
    const world = new World(new Int32Array(3), { ...IMMORTAL, buffered })
    const words = watch(world.memory)
    enterWorld(world)
    world.run(
      threads.map(thread => () => thread(words)),
      strategy,
    )
    enterWorld(undefined)
    seen(JSON.stringify([world.threads.map(({ result }) => result), [...world.memory]]))
  }
  return count
}

const both = (first: (words: Words) => unknown, second: (words: Words) => unknown): Set<string> => {
  const seen = new Set<string>()
  const threads = [first, second].map(body => (words: Words) => () => body(words))
  exhaust({ words: 3, threads, mayRace: () => true, check: ({ results }) => seen.add(results.join()) }, true)
  return seen
}

const plain = (mine: number) => (words: Words) => {
  words[mine] = 1
  return load(words, 1 - mine)
}
const atomic = (mine: number) => (words: Words) => {
  store(words, mine, 1)
  return load(words, 1 - mine)
}

const handOver = (publish: (words: Words) => void): Scenario => ({
  words: 2,
  threads: [
    words => () => {
      words[0] = 7
      publish(words)
    },
    words => () => (load(words, 1) === 1 ? words[0] : 7),
  ],
  check: ({ results }) => expect(results[1]).toBe(7),
})

describe('the explorer', () => {
  it.for([false, true])('sees every outcome that any order of steps has (buffered: %s)', buffered => {
    let reduced = 0
    let all = 0
    fc.assert(
      fc.property(programs, threads => {
        const expected = new Set<string>()
        const actual = new Set<string>()
        const scenario = scenarioOf(threads, what => actual.add(what))
        all += naive(scenario, buffered, what => expected.add(what))
        reduced += exhaust(scenario, buffered).executions
        expect(actual).toEqual(expected)
      }),
      { numRuns: buffered ? 150 : 600, examples: [[passedByLateWrite]] },
    )
    expect(reduced).toBeLessThan(all / 4)
  })

  it('lets a plain write pass a later load, and an atomic store not', () => {
    expect(both(plain(0), plain(1))).toEqual(new Set(['0,0', '0,1', '1,0', '1,1']))
    expect(both(atomic(0), atomic(1))).toEqual(new Set(['0,1', '1,0', '1,1']))
  })

  const sleeper: Scenario = {
    words: 2,
    threads: [
      words => () => {
        // A look, and then a wait that does not look again.
        if (load(words, 0) === 0) wait(words, 1, 0, Infinity)
      },
      words => () => {
        store(words, 0, 1)
        notify(words, 1, 1)
      },
    ],
    check: () => {},
  }

  it('finds a wake-up that is lost, and shows it again from its schedule', () => {
    let failure: unknown
    try {
      exhaust(sleeper, false)
    } catch (error) {
      failure = error
    }
    expect(failure).toBeInstanceOf(Failure)
    const { schedule, message } = failure as Failure
    expect(message).toContain('thread 0 sleeps for ever')
    expect(message).toContain('0   load   0 = 0')
    expect(() => replay(sleeper, schedule)).toThrow('thread 0 sleeps for ever')
  })

  it('finds a plain write that nothing publishes, and none where something does', () => {
    exhaust(
      handOver(words => store(words, 1, 1)),
      true,
    )
    expect(() =>
      exhaust(
        handOver(words => (words[1] = 1)),
        false,
      ),
    ).toThrow('a data race')
  })

  it('kills a thread after each of its steps, and lets the repair begin then', () => {
    const deaths = new Set<string>()
    const { executions } = exhaust(
      {
        words: 3,
        victim: 0,
        threads: [
          words => () => {
            store(words, 0, 1)
            store(words, 1, 1)
          },
          words => () => load(words, 0),
          words => () => store(words, 2, 10 + load(words, 0) + load(words, 1)),
        ],
        check: ({ memory, died }) => deaths.add(`${died} ${memory.join()}`),
      },
      false,
    )
    expect(deaths).toEqual(new Set(['true 0,0,10', 'true 1,0,11', 'false 1,1,0']))
    expect(executions).toBeGreaterThan(deaths.size)
  })
})

it('the kept faults are of the sources as they are', () => {
  const sources = readSources()
  for (const { faults } of Object.values(models))
    for (const edits of Object.values(faults))
      for (const [path, replaced] of Object.entries(edits)) applyEdits(path, sources.get(path) ?? '', replaced)
})

it('what shows a fault is a scenario', async () => {
  for (const { faults, shownIn, build } of Object.values(models)) {
    if (shownIn === undefined) continue
    const scenarios = Object.keys(await build({}))
    for (const [fault, scenario] of Object.entries(shownIn)) {
      expect(Object.keys(faults)).toContain(fault)
      expect(scenarios).toContain(scenario)
    }
  }
})
