import { ok } from 'node:assert/strict'

import type * as crews from '../../../src/pool/crew.ts'
import type { Outcome, Scenario } from '../explore.ts'
import type { Model } from '../model.ts'
import type { Words } from '../seam.ts'
import type { Faults } from '../tree.ts'
import { common, looping, type Modules, modulesFor, ran, RIPE, seated, THREADS } from './parts.ts'

/** What the crew does before it waits for its threads: there are no promises here. */
const STOPPING: Faults = {
  ...RIPE,
  'pool/crew.ts': [
    ['async stop(): Promise<void> {', 'stop(): void {'],
    ['    const gone = Promise.all(', '  }\n\n  async rest(): Promise<void> {\n    const gone = Promise.all('],
  ],
}

/** The caller starts so many runs and ends the pool at once, with nobody's leave. */
const ending =
  (m: Modules, { Crew }: typeof crews, task: 'leaf' | 'one', runs: number) =>
  (words: Words) => {
    const worker = seated(m, THREADS, words, [m[task]])
    const { registry, jobs } = worker
    const crew = new Crew(worker, {} as never, { threads: 0 } as never, () => ({}) as never)
    return () => {
      for (let i = 0; i < runs; i++) {
        const args = task === 'leaf' ? [0] : []
        jobs.write(args)
        const slot = jobs.make(registry.directory.idOf(m[task]), args.length, m.slots.MAILED, 0)
        ok(worker.offers.push(jobs.publish(slot)), 'room in the deque')
        registry.sleepers.wakeOne()
      }
      void crew.stop()
    }
  }

function once({ memory }: Outcome): void {
  for (const times of ran(memory)) ok(times <= 1, 'no leaf ran twice')
}

/** A pool that ends, beside workers that go to sleep, seek, or work: all of them leave their loops, whatever they were doing. */
async function scenarios(broken: Faults): Promise<Readonly<Record<string, Scenario>>> {
  const [a, b, c] = (await modulesFor(3, broken, STOPPING)) as [Modules, Modules, Modules]
  const crew = await c.from<typeof crews>('pool/crew.ts')
  return {
    'an idle worker': { ...common, threads: [looping(a, 0), ending(c, crew, 'leaf', 0)], check: once },
    'two idle workers': {
      ...common,
      threads: [looping(a, 0), looping(b, 1), ending(c, crew, 'leaf', 0)],
      check: once,
    },
    'a run that nobody awaits': { ...common, threads: [looping(a, 0), ending(c, crew, 'leaf', 1)], check: once },
    'a run with a fork, two workers': {
      ...common,
      large: true,
      threads: [looping(a, 0), looping(b, 1), ending(c, crew, 'one', 1)],
      check: once,
    },
  }
}

export const model: Model = {
  build: scenarios,
  faults: {
    'the bells are rung before the poison is set': {
      'pool/crew.ts': [
        ['    store(arena.words, control + STOP, 1)\n', ''],
        [
          'seats; seat++) sleepers.wake(seat)\n',
          'seats; seat++) sleepers.wake(seat)\n    store(arena.words, control + STOP, 1)\n',
        ],
      ],
    },
    'the poison is set plainly': {
      'pool/crew.ts': [['store(arena.words, control + STOP, 1)', 'arena.words[control + STOP] = 1']],
    },
    'nobody is rung': { 'pool/crew.ts': [['seats; seat++) sleepers.wake(seat)', 'seats; seat++) void seat']] },
    'one seat is rung': { 'pool/crew.ts': [['seat < seats; seat++) sleepers', 'seat < 1; seat++) sleepers']] },
    'a worker sleeps without a look at the poison': {
      'scheduler/loop.ts': [['!thief.anything() && !this.#worker.stopped', '!thief.anything()']],
    },
    'a worker looks at the poison before it announces its sleep': {
      'scheduler/loop.ts': [
        ['    registry.sleepers.announce(seat, true)\n    if (', '    if ('],
        [
          '      registry.sleepers.sleep(seat, Math.min(NAP, this.#worker.lodging.due))\n',
          '      registry.sleepers.announce(seat, true)\n      registry.sleepers.sleep(seat, Math.min(NAP, this.#worker.lodging.due))\n',
        ],
      ],
    },
  },
}
