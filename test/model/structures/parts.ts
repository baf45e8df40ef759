import { ok, strictEqual } from 'node:assert/strict'

import type * as guards from '../../../src/wire/guard.ts'
import type * as loops from '../../../src/scheduler/loop.ts'
import type * as passports from '../../../src/scheduler/passport.ts'
import type * as registries from '../../../src/scheduler/registry.ts'
import type * as repairs from '../../../src/scheduler/repair.ts'
import type * as slots from '../../../src/scheduler/slot.ts'
import type * as pairs from '../../../src/task/specialise.ts'
import type * as lists from '../../../src/scheduler/tasks.ts'
import type * as workers from '../../../src/scheduler/worker.ts'
import { GRANULE } from '../../../src/memory/arena.ts'
import { LINE } from '../../../src/memory/layout.ts'
import { add, load, notify, store, wait, watch, type Words } from '../seam.ts'
import { type Faults, tree } from '../tree.ts'
import type { Edit } from '../../support/mutant.ts'

/** The scheduler's own modules over the model's words, and what the threads of its models do. */

/** What is made small, so that wrap-around, full and empty are reached; and what the model has none of: clocks, an event loop. */
export const SMALL: Faults = {
  'scheduler/registry.ts': [
    ['const THREAD_CAPACITY = 256', 'const THREAD_CAPACITY = 2'],
    ['const CALLER_CAPACITY = 65_536', 'const CALLER_CAPACITY = 4'],
    ['const SLOTS_A_CHUNK = 64', 'const SLOTS_A_CHUNK = 2'],
  ],
  'scheduler/directory.ts': [['const ENTRIES = 4096', 'const ENTRIES = 64']],
  'scheduler/heap.ts': [['const CHUNK_WORDS = 16_384', 'const CHUNK_WORDS = 64']],
  // They are made anew each time a thread goes on.
  'wire/writer.ts': [['const WORDS = 256', 'const WORDS = 32']],
  'scheduler/counters.ts': [['    Object.assign(this, readTally(registry, seat))\n', '']],
  'scheduler/wait.ts': [['export const LOOKS = 60', 'export const LOOKS = 1']],
  'scheduler/thief.ts': [
    ['  const end = now() + 0.001\n  do pause()\n  while (now() < end)\n', ''],
    ['const SHORT = 0.002', 'const SHORT = -Infinity'],
  ],
  'scheduler/loop.ts': [
    ['async run(): Promise<void>', 'run(): void'],
    ['await this.#import(task)\n', "throw new Error('every task is known')\n"],
    ['await this.#ground.live(', 'void this.#ground.live('],
    ['await this.#ground.turn()', 'void this.#ground'],
    ['const MOST_DOZES = 16', 'const MOST_DOZES = 2'],
  ],
}

/** Every job counts as ripe, and no deque as busy: a thief that waits dozes, and who wakes from that depends on everything. */
export const RIPE: Faults = {
  ...SMALL,
  'scheduler/thief.ts': [
    ...SMALL['scheduler/thief.ts']!,
    ['if (!ripe && ref !== this.#oldest[victim])', 'if (!ripe && ref === 0)'],
    ['if (!ripe) this.restless = true', ''],
  ],
}

const WORDS = 4096
/** Beyond what the pool uses: how often each leaf has run, and who has died. */
const RUNS = WORDS - 32
const DEATH = WORDS - 1
/** Where two tasks meet. */
const MEETINGS = WORDS - 16
const LEAVES = 3
/** The submitter has published all that it will: for a thread that does not look twice. */
const GATE = WORDS - 2

export interface Modules {
  readonly registries: typeof registries
  readonly workers: typeof workers
  readonly loops: typeof loops
  readonly repairs: typeof repairs
  readonly slots: typeof slots
  readonly passports: typeof passports
  readonly guards: typeof guards
  /** A task whose forks may be stolen. */
  readonly root: lists.TaskRecord
  /** A task with one fork. */
  readonly one: lists.TaskRecord
  readonly leaf: lists.TaskRecord
  /** A task that waits for another of its kind: work that nobody begins, though somebody could, is a deadlock. */
  readonly meet: lists.TaskRecord
  /** Two meetings with its own forks. */
  readonly meets: lists.TaskRecord
  /** What else a model needs of the sources, for one thread. */
  readonly from: <Module>(path: string) => Promise<Module>
  /** The words that leaves count in, and what they do besides: set by the thread that runs. */
  readonly place: { words: Words; also?: (n: number) => void }
}

/** By faults and thread: a task can be declared once only. */
const loaded = new Map<string, Modules>()

/** The modules as `count` threads have them: what they keep is each thread's own. */
export function modulesFor(count: number, broken: Faults, small: Faults = SMALL): Promise<Modules[]> {
  const faults: Record<string, readonly Edit[]> = { ...small }
  for (const [path, edits] of Object.entries(broken)) faults[path] = [...(faults[path] ?? []), ...edits]
  return Promise.all(Array.from({ length: count }, (_, i) => modulesOf(faults, i)))
}

async function modulesOf(faults: Faults, instance: number): Promise<Modules> {
  const name = JSON.stringify([faults, instance])
  const found = loaded.get(name)
  if (found !== undefined) return found
  const from = tree(faults, instance)
  const { enlist } = await from<typeof lists>('scheduler/tasks.ts')
  const { specialise } = await from<typeof pairs>('task/specialise.ts')
  const place: Modules['place'] = { words: new Int32Array(0) }
  const leaf = (n: number): number => {
    add(place.words, RUNS + n, 1)
    place.also?.(n)
    return n * 10
  }
  const leafRecord = enlist(leaf, 'model:', '1')
  const { fork, join } = specialise(leafRecord)
  const root = (): number => {
    const one = fork(0)
    const two = fork(1)
    return leaf(2) + (join(two) as number) + (join(one) as number)
  }
  const rootRecord = enlist(root, 'model:', '0')
  const one = (): number => {
    const forked = fork(0)
    return leaf(1) + (join(forked) as number)
  }
  const oneRecord = enlist(one, 'model:', '4')
  const meet = (at: number): number => {
    if (add(place.words, MEETINGS + at, 1) === 1) notify(place.words, MEETINGS + at, Infinity)
    else wait(place.words, MEETINGS + at, 1, Infinity)
    return at
  }
  const meetRecord = enlist(meet, 'model:', '2')
  const pair = specialise(meetRecord)
  const meets = (): number => {
    const first = pair.fork(0)
    meet(0)
    pair.join(first)
    const second = pair.fork(1)
    meet(1)
    return pair.join(second) as number
  }
  const meetsRecord = enlist(meets, 'model:', '3')
  const made: Modules = {
    registries: await from('scheduler/registry.ts'),
    workers: await from('scheduler/worker.ts'),
    loops: await from('scheduler/loop.ts'),
    repairs: await from('scheduler/repair.ts'),
    slots: await from('scheduler/slot.ts'),
    passports: await from('scheduler/passport.ts'),
    guards: await from('wire/guard.ts'),
    root: rootRecord,
    one: oneRecord,
    leaf: leafRecord,
    meet: meetRecord,
    meets: meetsRecord,
    from,
    place,
  }
  loaded.set(name, made)
  return made
}

export const THREADS = 2

function none(): never {
  throw new Error('the model has no buffers, and its memory does not grow')
}

/** A thread in its seat, with what it keeps to itself; it knows the numbers of the tasks that it will publish. */
export function seated(
  m: Modules,
  seat: number,
  words: Words,
  publishes: readonly lists.TaskRecord[] = [],
): workers.Worker {
  m.place.words = words
  const registry = m.registries.Registry.attach({ words, grow: none } as unknown as WebAssembly.Memory, THREADS)
  const passport = new m.passports.Passport(registry, { idOf: none, at: none }, none)
  const worker = new m.workers.Worker(registry, seat, passport, new m.guards.Guard(passport, 'trust'))
  for (const record of publishes) registry.directory.idOf(record)
  return worker
}

export function stop(m: Modules, { registry }: workers.Worker, words: Words): void {
  store(words, registry.control + m.registries.STOP, 1)
  for (let seat = 0; seat < THREADS; seat++) registry.sleepers.wake(seat)
}

export const looping = (m: Modules, seat: number) => (words: Words) => {
  const worker = seated(m, seat, words)
  const loop = new m.loops.Loop(worker, {
    load: () => Promise.reject(new Error('no imports')),
    live: () => Promise.resolve(),
    turn: () => Promise.resolve(),
  })
  return () => {
    m.place.words = words
    void loop.run()
  }
}

/** A task in place, whose forks others may take. */
export const forking = (m: Modules, task: 'root' | 'meets' | 'one') => (words: Words) => {
  const worker = seated(m, 0, words, [task === 'meets' ? m.meet : m.leaf])
  return () => {
    m.place.words = words
    let result: unknown = 'lost'
    try {
      result = worker.call(m[task], [])
    } catch (error) {
      if (!(error instanceof Error && error.name === 'WorkerLostError')) throw error
    }
    stop(m, worker, words)
    return result
  }
}

/** A worker that takes and runs one job, if it finds one. */
export const helping = (m: Modules, seat: number) => (words: Words) => {
  const worker = seated(m, seat, words)
  return () => {
    m.place.words = words
    return worker.help(-1)
  }
}

/** The same, once all has been submitted. */
export const helpingThen = (m: Modules, seat: number) => (words: Words) => {
  const worker = seated(m, seat, words)
  return () => {
    m.place.words = words
    wait(words, GATE, 0, Infinity)
    return worker.help(-1)
  }
}

/** The caller, blocked in a run of its own: repairs as soon as it knows. Returns what is left to be freed later. */
export const repairing = (m: Modules, seat: number) => (words: Words) => {
  const worker = seated(m, THREADS, words)
  return () => {
    const orphans = new Set<number>()
    m.repairs.repair(worker, seat, orphans, () => {})
    return orphans
  }
}

/**
 * The caller submits runs and sleeps until they have ended; it never helps. It repairs when it hears of a death; if there is no
 * worker but the dead one, it then returns with what nobody has begun.
 */
export const submitting =
  (m: Modules, task: 'root' | 'meet' | 'leaf', runs: number, alone = false) =>
  (words: Words) => {
    const worker = seated(m, THREADS, words, [m[task]])
    const { registry, jobs } = worker
    return () => {
      m.place.words = words
      const ends: unknown[] = []
      const orphans = new Set<number>()
      const mine = new Set<number>()
      let repaired = false
      for (let i = 0; i < runs; i++) {
        const args = task === 'root' ? [] : [0]
        jobs.write(args)
        const slot = jobs.make(registry.directory.idOf(m[task]), args.length, m.slots.MAILED, 0)
        mine.add(slot)
        ok(worker.offers.push(jobs.publish(slot)), 'room in the deque')
        registry.sleepers.wakeOne()
      }
      store(words, GATE, 1)
      notify(words, GATE, Infinity)
      const settle = (slot: number): void => {
        if (!mine.delete(slot)) return
        const end = jobs.state(slot)
        try {
          const value = worker.collect(slot, end)
          ends.push(m.slots.stateOf(end) === m.slots.FAILED ? 'failed' : value)
        } catch {
          ends.push('lost')
        }
      }
      // What this thread has ended itself is not in its mailbox.
      const take = (): void => {
        worker.post.take(undefined)
        for (const slot of worker.post.letters.splice(0)) settle(slot)
      }
      for (;;) {
        take()
        const dead = load(words, DEATH)
        if (dead !== 0 && !repaired) {
          repaired = true
          m.repairs.repair(worker, dead - 1, orphans, () => {})
          take()
          // Ended and not sent: its seat is still in the state word (Runs.recover).
          for (const slot of mine) {
            const word = jobs.state(slot)
            if (m.slots.stateOf(word) > m.slots.CLAIMED && m.slots.seatOf(word) === dead - 1) settle(slot)
          }
        }
        m.repairs.bury(worker, orphans)
        if (mine.size === 0) break
        // Nobody is left to begin it but a successor of the dead one.
        if (repaired && alone) return 'open'
        registry.sleepers.announce(THREADS, false)
        if (!registry.mailboxes[THREADS]!.holds() && (repaired || load(words, DEATH) === 0)) {
          registry.sleepers.sleep(THREADS, 500)
        }
        registry.sleepers.cancel(THREADS)
      }
      stop(m, worker, words)
      return ends
    }
  }

/** Tells the caller that a thread has died, as the platform would: whether or not it was about to be woken anyway. */
export const mourning = (m: Modules, seat: number) => (words: Words) => {
  const { registry } = seated(m, THREADS, words)
  return () => {
    store(words, DEATH, seat + 1)
    registry.sleepers.rouse(THREADS)
  }
}

export function ran(memory: Int32Array): number[] {
  return Array.from({ length: LEAVES }, (_, i) => memory[RUNS + i]!)
}

export const RESULT = 0 + 10 + 20

/** Every slot is free, and in the free list of one seat, once; but for so many that a dead thread was about to give back. */
export function audit(m: Modules, memory: Int32Array, lost = 0): void {
  const words = watch(memory)
  const registry = m.registries.Registry.attach({ words, grow: none } as unknown as WebAssembly.Memory, THREADS)
  const slots: number[] = []
  for (const slot of m.slots.allSlots(registry.arena, registry.control)) {
    slots.push(slot)
    strictEqual(m.slots.stateOf(memory[slot + m.slots.STATE]!), m.slots.FREE, `slot ${slot} is in use`)
  }
  const free: number[] = []
  for (let seat = 0; seat < registry.seats; seat++) {
    // Its free list and the list of what others freed, side by side in the seat's record.
    const heads = registry.seat(seat) + m.registries.SLOTS
    for (const head of [heads, heads + 1]) {
      for (let at = memory[head]!; at !== 0; at = memory[at + m.slots.LINK]!) free.push(at)
    }
  }
  strictEqual(new Set(free).size, free.length, 'a slot is free twice')
  const missing = slots.filter(slot => !free.includes(slot))
  ok(missing.length <= lost, `slots ${missing.join()} are lost`)
}

/** Where the deques of the small pool lie. */
const { mapOf } = await tree({
  ...SMALL,
  'scheduler/registry.ts': [
    ...SMALL['scheduler/registry.ts']!,
    ['function mapOf(threads: number, extra = 0)', 'export function mapOf(threads: number, extra = 0)'],
  ],
})<{ mapOf: (threads: number) => { readonly deques: readonly number[]; readonly end: number } }>(
  'scheduler/registry.ts',
)
const { deques, end } = mapOf(THREADS)
/** Slots and blocks come after the pool's records. */
const FIRST = Math.ceil(end / GRANULE) * GRANULE
const GRANULES = 16

export const common = {
  words: WORDS,
  // Plain looks at want words, pulses and hints are everywhere here; the structures' own models name theirs.
  mayRace: 'everywhere' as const,
  prepare: (words: Words): void => {
    // memory/arena.ts, NEXT.
    words[16] = FIRST / GRANULE
    // Every count is about to come round: the indexes of deques (top and bottom) at 2^32 and 2^31, the generations of slots.
    for (const [i, at] of deques.entries()) words[at] = words[at + LINE] = i === 1 ? 0x7fffffff : -1
    for (let i = 0; i < GRANULES; i++) words[FIRST + i * GRANULE] = -1 << 12
  },
}
