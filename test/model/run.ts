/**
 * Every interleaving of the lock-free core: `npm run test:model`.
 *
 *   node test/model/run.ts [--only NAME] [--seed N] [--times N]
 *   node test/model/run.ts --only NAME --replay SCENARIO SCHEDULE     shows the steps of one
 */
import { parseArgs } from 'node:util'

import { type Count, exhaust, Failure, replay, sample, type Scenario, TooMany } from './explore.ts'
import { model as arena } from './structures/arena.ts'
import { model as deaths } from './structures/deaths.ts'
import { model as directory } from './structures/directory.ts'
import { model as buffers } from './structures/buffers.ts'
import { model as shutdown } from './structures/shutdown.ts'
import { model as heap } from './structures/heap.ts'
import { model as deque } from './structures/deque.ts'
import { model as mailbox } from './structures/mailbox.ts'
import { model as scheduler } from './structures/scheduler.ts'
import { model as slab } from './structures/slab.ts'
import { model as sleepers } from './structures/sleepers.ts'
import { model as slot } from './structures/slot.ts'
import type { Model } from './model.ts'
import type { Faults } from './tree.ts'

const models: Readonly<Record<string, Model>> = {
  arena,
  deque,
  mailbox,
  slab,
  heap,
  directory,
  sleepers,
  slot,
  buffers,
  shutdown,
  deaths,
  scheduler,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    times: { type: 'string', default: '100' },
    replay: { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed)
const times = Number(values.times)

/** The ways in which a scenario is run; each throws a Failure. */
function* ways(scenario: Scenario): Generator<[how: string, run: () => Count]> {
  if (scenario.large === true) {
    yield ['by lot', () => sample(scenario, false, seed, 0, times)]
    // Fewer switches, so they are cheap.
    yield ['by priorities', () => sample(scenario, false, seed, 3, 10 * times)]
    yield ['by priorities, buffered', () => sample(scenario, true, seed, 3, 3 * times)]
    yield ['by lot, buffered', () => sample(scenario, true, seed, 0, times)]
    return
  }
  let plain = false
  const always: Scenario['always'] = () => {
    const check = scenario.always?.()
    return (memory, step) => {
      plain ||= step.op.kind === 'write'
      check?.(memory, step)
    }
  }
  yield ['every one', () => exhaust({ ...scenario, always }, false)]
  if (scenario.unbuffered === true) {
    yield ['by priorities, buffered', () => sample(scenario, true, seed, 3, 10 * times)]
    return
  }
  // Without plain writes there is nothing to buffer. Asked when it is run, which is after the other.
  let all = true
  yield [
    'every one, buffered',
    () => {
      const none = { executions: 0, steps: 0, deaths: 0 }
      if (!plain) return none
      try {
        return exhaust(scenario, true, MOST_BUFFERED)
      } catch (error) {
        if (!(error instanceof TooMany)) throw error
        all = false
        return none
      }
    },
  ]
  // Many plain writes, each let through at any time: some of those.
  yield [
    'by lot, buffered',
    () => (all ? { executions: 0, steps: 0, deaths: 0 } : sample(scenario, true, seed, 0, 20 * times)),
  ]
}

/** Where writes are buffered, a scenario that has more interleavings than this is drawn by lot. */
const MOST_BUFFERED = 60_000

let structures = 0
let interleavings = 0
let faults = 0
let found = 0
let failed = false

for (const [name, model] of Object.entries(models)) {
  if (values.only !== '' && values.only !== name) continue
  structures++
  const scenarios = await model.build({})
  if (values.replay) {
    const [what = '', schedule = ''] = positionals
    console.log(replay(scenarios[what]!, schedule))
    continue
  }
  const costs = new Map<string, number>()
  for (const [what, scenario] of Object.entries(scenarios)) {
    for (const [how, run] of ways(scenario)) {
      const began = performance.now()
      try {
        const { executions, steps } = run()
        if (executions === 0) continue
        interleavings += executions
        costs.set(`${what}, ${how}`, steps)
        const seconds = ((performance.now() - began) / 1000).toFixed(1)
        console.log(`${name}: ${what}: ${how}: ${executions} interleavings, ${steps} steps, ${seconds} s`)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        failed = true
        console.log(`${name}: ${what}: ${how}: FAILED: ${error.message}`)
      }
    }
  }
  for (const [fault, edits] of Object.entries(model.faults)) {
    faults++
    const by = await find(model, edits, costs)
    if (by === undefined) failed = true
    else found++
    console.log(`${name}: fault "${fault}": ${by ?? 'NOT FOUND'}`)
  }
}
console.log(`model: ${structures} structures, ${interleavings} interleavings, ${faults} faults, ${found} found`)
if (failed) process.exitCode = 1

/** What shows the fault, if anything does. What is cheap without it comes first: `costs` are in steps. */
async function find(model: Model, edits: Faults, costs: ReadonlyMap<string, number>): Promise<string | undefined> {
  const all = Object.entries(await model.build(edits)).flatMap(([what, scenario]) =>
    Array.from(ways(scenario), ([how, run]) => ({ what, how, run, cost: costs.get(`${what}, ${how}`) ?? Infinity })),
  )
  for (const { what, how, run } of all.toSorted((a, b) => (a.cost < b.cost ? -1 : a.cost > b.cost ? 1 : 0))) {
    try {
      run()
    } catch (error) {
      if (error instanceof Failure) return `${what}, ${how}: ${error.message.split('\n')[0]}`
      throw error
    }
  }
  return undefined
}
