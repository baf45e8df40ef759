import { notStrictEqual, ok, strictEqual } from 'node:assert/strict'

import type * as channels from '../../../src/platform/node/buffers.ts'
import type { Worker } from '../../../src/scheduler/worker.ts'
import type { Scenario } from '../explore.ts'
import type { Model } from '../model.ts'
import type { Words } from '../seam.ts'
import type { Faults } from '../tree.ts'
import { BroadcastChannel, BUFFER, type Line } from './channel.ts'
import { common, type Modules, modulesFor, RIPE, seated, stop } from './parts.ts'

/** The channel is a stand-in; a thread that waits for an answer has patience, and sleeps between two looks. */
const CHANNEL: Faults = {
  ...RIPE,
  'platform/node/buffers.ts': [
    ["from 'node:worker_threads'", `from '${new URL('channel.ts', import.meta.url).href}'`],
    [
      '\n      this.answer()\n',
      '\n      for (const line of this.lines) (line as unknown as BroadcastChannel).idle()\n      this.answer()\n',
    ],
    ['end = now() + PATIENCE', 'end = Infinity'],
  ],
}

/** Beyond the pool's words: the channels. */
const LINES = common.words - 64
const ID = 1

async function scenarios(broken: Faults): Promise<Readonly<Record<string, Scenario>>> {
  const modules = await modulesFor(2, broken, CHANNEL)
  const [a, b] = modules as [Modules, Modules]
  const sources = await Promise.all(modules.map(m => m.from<typeof channels>('platform/node/buffers.ts')))
  /** The buffers of a seat. What was posted before is not heard. */
  const open = ({ registry, seat }: Worker, words: Words): channels.ChannelBuffers => {
    const line: Line = { words, at: LINES, seat }
    const buffers = new sources[seat]!.ChannelBuffers(registry)
    buffers.lines.add(new BroadcastChannel(line))
    return buffers
  }

  /** A thread that has numbered a buffer, and goes on with its life. */
  const having = (words: Words) => {
    const worker = seated(a, 0, words, [a.leaf])
    const buffers = open(worker, words)
    worker.questions.answer = () => buffers.answer()
    buffers.idOf(BUFFER)
    return worker
  }
  const looking = (words: Words) => {
    const loop = new a.loops.Loop(having(words), {
      load: () => Promise.reject(new Error('no imports')),
      live: () => Promise.resolve(),
      turn: () => Promise.resolve(),
    })
    return () => void loop.run()
  }
  const joining = (words: Words) => {
    const worker = having(words)
    return () => {
      a.place.words = words
      return worker.call(a.one, [])
    }
  }
  /** A thread that began later, and must have the buffer. */
  const asking = (words: Words) => {
    const worker = seated(b, 1, words)
    const buffers = open(worker, words)
    return () => {
      const found = buffers.at(ID) === BUFFER
      stop(b, worker, words)
      return found
    }
  }
  /** The same in a job that it has stolen. */
  const stealing = (words: Words) => {
    const worker = seated(b, 1, words)
    const buffers = open(worker, words)
    return () => {
      b.place.words = words
      b.place.also = () => ok(buffers.at(ID) === BUFFER, 'the buffer itself')
      return worker.help(-1)
    }
  }
  const numbering = (m: Modules, seat: number) => (words: Words) => {
    const buffers = open(seated(m, seat, words), words)
    return () => buffers.idOf(BUFFER)
  }
  const idle = (count: number): Scenario => ({
    ...common,
    prepare: words => {
      common.prepare(words)
      words[seated(a, 0, words).registry.control + a.registries.ASKED] = count
    },
    threads: [looking, asking],
    check: ({ results }) => strictEqual(results[1], true, 'the buffer itself'),
  })
  return {
    'a thread that has it and is idle': idle(0),
    'a thread that has it and is idle, count at 2^31': idle(0x7fffffff),
    'a thread that has it and is idle, count at 2^32': idle(-1),
    'a thread that has it and joins': {
      ...common,
      long: 'buffered',
      threads: [joining, stealing],
      check: ({ results }) => strictEqual(results[0], 10),
    },
    'two threads number a buffer': {
      ...common,
      threads: [numbering(a, 0), numbering(b, 1)],
      check: ({ results }) => notStrictEqual(results[0], results[1], 'each its own number'),
    },
  }
}

export const model: Model = {
  build: scenarios,
  faults: {
    // As it was until this model: it cost the half second of a nap.
    'a worker sleeps without a look at who has asked': {
      'scheduler/loop.ts': [[' && !this.#worker.questions.open(registry)', '']],
    },
    'a join sleeps without a look at who has asked': {
      'scheduler/wait.ts': [['      !waiter.questions.open(registry) &&\n', '']],
    },
    'who has answered nobody yet has answered nobody ever': {
      'scheduler/questions.ts': [['#answered = NaN', '#answered = 0']],
    },
    'nobody is rung': { 'platform/node/buffers.ts': [['sleepers.wake(seat)\n', 'void seat\n']] },
    'who asks does not count': {
      'platform/node/buffers.ts': [['        add(arena.words, control + ASKED, 1)\n', '']],
    },
    'who asks counts before it has posted': {
      'platform/node/buffers.ts': [
        ['        this.#post({ wanted: id })\n', ''],
        ['sleepers.wake(seat)\n', 'sleepers.wake(seat)\n        this.#post({ wanted: id })\n'],
      ],
    },
    'a number is given twice': {
      'platform/node/buffers.ts': [
        [
          'add(this.#registry.arena.words, this.#registry.control + BUFFERS, 1) + 1',
          'load(this.#registry.arena.words, this.#registry.control + BUFFERS) + 1\n    add(this.#registry.arena.words, this.#registry.control + BUFFERS, 1)',
        ],
      ],
    },
  },
}
