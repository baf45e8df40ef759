import { add, load, notify, replace, store } from '../../src/memory/atomics.ts'
import type { Bench, Variant } from '../support/bench.ts'
import { expect } from '../support/clock.ts'
import { latencies } from '../support/micro.ts'

/** Operations in one call that tinybench measures: a single one is shorter than the clock can tell. */
const LOOP = 100_000

type Loop = (words: Int32Array) => number

/** The same loops twice, one through the seam and one past it. Each is the only user of what it calls in its process. */
const loops: Record<string, Loop> = {
  'load, direct': words => {
    let sum = 0
    for (let i = 0; i < LOOP; i++) sum += Atomics.load(words, i & 7)
    return sum
  },
  'load, seam': words => {
    let sum = 0
    for (let i = 0; i < LOOP; i++) sum += load(words, i & 7)
    return sum
  },
  'store, direct': words => {
    for (let i = 0; i < LOOP; i++) Atomics.store(words, i & 7, i)
    return words[(LOOP - 1) & 7]!
  },
  'store, seam': words => {
    for (let i = 0; i < LOOP; i++) store(words, i & 7, i)
    return words[(LOOP - 1) & 7]!
  },
  'add, direct': words => {
    words[0] = 0
    for (let i = 0; i < LOOP; i++) Atomics.add(words, 0, 1)
    return words[0]
  },
  'add, seam': words => {
    words[0] = 0
    for (let i = 0; i < LOOP; i++) add(words, 0, 1)
    return words[0]
  },
  'exchange if equal, direct': words => {
    words[0] = 0
    let done = 0
    for (let i = 0; i < LOOP; i++) if (Atomics.compareExchange(words, 0, i, i + 1) === i) done++
    return done
  },
  'exchange if equal, seam': words => {
    words[0] = 0
    let done = 0
    for (let i = 0; i < LOOP; i++) if (replace(words, 0, i, i + 1)) done++
    return done
  },
  'notify nobody, direct': words => {
    for (let i = 0; i < LOOP; i++) Atomics.notify(words, i & 7, 1)
    return LOOP
  },
  'notify nobody, seam': words => {
    for (let i = 0; i < LOOP; i++) notify(words, i & 7, 1)
    return LOOP
  },
}

const expected = (name: string): number => (name.startsWith('load') ? 0 : name.startsWith('store') ? LOOP - 1 : LOOP)

function looping(name: string, loop: Loop): Variant {
  return {
    async measure({ quick }) {
      // As in a pool: the words lie in a shared WebAssembly memory.
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
      const words = new Int32Array(memory.buffer)
      const milliseconds = await latencies(quick ? 3 : 50, () => expect(loop(words), expected(name)))
      return { samples: milliseconds.map(ms => (ms * 1e6) / LOOP) }
    },
  }
}

const operations = Object.keys(loops).flatMap(name =>
  name.endsWith(', seam') ? [name.slice(0, -', seam'.length)] : [],
)

export const bench: Bench = {
  question: 'What does it cost that every atomic access goes through src/memory/atomics.ts?',
  method:
    'Loops of 100,000 operations over a shared WebAssembly memory, by tinybench, 50 after 13 to warm up, each in a process of ' +
    'its own: with Atomics written out, and through the functions of the seam.',
  unit: 'ns',
  variants: Object.fromEntries(Object.entries(loops).map(([name, loop]) => [name, looping(name, loop)])),
  checks: operations.map(name => ({
    what: `${name}: seam / direct`,
    of: `${name}, seam`,
    to: `${name}, direct`,
    most: 1.1,
  })),
}
