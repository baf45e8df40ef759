import { Registry } from '../../src/scheduler/registry.ts'
import {
  allSlots,
  CANCELED,
  DELIVERY,
  ERRAND,
  FREE,
  HELD,
  HOLDS,
  HOME,
  KEEPER,
  PARENT,
  seatOf,
  STATE,
  stateOf,
  TASK,
} from '../../src/scheduler/slot.ts'
import { Pool, type PoolOptions } from 'filch'

import { SOLO } from '../support/mode.ts'

/** A pool whose shared memory a test can look into. */
export interface Audited {
  readonly pool: Pool
  /** Slots that are in use; 0 when nothing is under way. */
  live(): number
  /** The same in words, for messages. */
  inUse(): string
  /** Words that the pool has taken from its memory so far: what is not given back makes them more. */
  used(): number
}

const all: WeakRef<Audited>[] = []

/** What every pool that is audited looks like now, for whoever finds that nothing moves. */
export function look(): string {
  const pools = all.map(ref => ref.deref()).filter(its => its !== undefined)
  return pools.map(({ pool, inUse }) => `${JSON.stringify(pool.stats())}\n${inUse()}\n`).join('')
}

/** Takes hold of the memory that the pool makes, as it makes it. */
export function audited(options: PoolOptions): Audited {
  const { Memory } = WebAssembly
  const made: WebAssembly.Memory[] = []
  let pool: Pool
  try {
    WebAssembly.Memory = class extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        super(descriptor)
        made.push(this)
      }
    }
    pool = new Pool(options)
  } finally {
    WebAssembly.Memory = Memory
  }
  const memory = made[0]
  if (memory === undefined) throw new Error('the pool has made no memory')
  const { arena, control } = Registry.attach(memory, pool.threads)
  const isUsed = (slot: number): boolean => {
    const state = stateOf(arena.words[slot + STATE]!)
    // A thread of its own says when it has nothing to do: at any time.
    return state !== FREE && !(SOLO && state === HELD && arena.words[slot + DELIVERY] === ERRAND)
  }
  const states = (): string => Array.from(allSlots(arena, control), slot => arena.words[slot + STATE]).join()
  const its: Audited = {
    pool,
    live: () => {
      // Two looks that see the same are one: a single one may pass over a slot before a task in a later one spawns into it.
      for (let before = '', now = states(); ; before = now, now = states()) {
        if (now === before) return [...allSlots(arena, control)].filter(isUsed).length
      }
    },
    inUse: () =>
      [...allSlots(arena, control)]
        .filter(isUsed)
        .map(slot => {
          const at = (word: number): number => arena.words[slot + word]!
          const state = ['free', 'published', 'claimed', 'done', 'failed', 'held'][stateOf(at(STATE))]
          const rest = `canceled ${at(CANCELED)}, task ${at(TASK)}, delivery ${at(DELIVERY)}, parent ${at(PARENT)}, keeper ${at(KEEPER)}, holds ${at(HOLDS).toString(16)}`
          return `${slot} of ${at(HOME)}: ${state} by ${seatOf(at(STATE))}, ${rest}`
        })
        .slice(0, 20)
        .join('\n'),
    used: () => arena.used,
  }
  all.push(new WeakRef(its))
  return its
}
