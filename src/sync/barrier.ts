import { OptionError } from '../errors.ts'
import { Wait } from '../live/wait.ts'
import { load, replace } from '../memory/atomics.ts'
import { CONSTANT, crossing, Held, make, STATE, type Where } from './held.ts'

/** The word: arrivals in the low half, generation in the high half. */
const HALF = 16
const MOST = (1 << HALF) - 1

/**
 * A place where so many tasks wait for each other, again and again, in shared memory.
 *
 * The word holds the generation and how many have arrived in it. Each arrival is one exchange; the last one makes it the next generation
 * with nobody, and rings. Who waits, waits for the generation to change, so a task that arrives again before others have woken
 * is counted in the next. The generation has 16 bits: only who sleeps through 65,536 rounds, each a full meeting of others,
 * would be fooled, and would wake at the next.
 *
 * A task that is killed while it waits takes its arrival back. That of a task whose thread has died stays: the others go on, once, without
 * it. If the last one dies before it rings, `Watches.revive` finds out.
 */
export class Barrier extends Held {
  /** How many tasks it takes. */
  get parties(): number {
    return this.words[this.slot + CONSTANT]!
  }

  /** How many wait now. */
  get arrived(): number {
    return load(this.words, this.slot + STATE) & MOST
  }

  /** Arrives, and waits for the others: `yield* barrier.wait()`. True for one of them, the last to arrive. */
  wait(): Wait<boolean> {
    return new Arrival(this)
  }

  /** @internal Counts one who has arrived; its generation. The last one ends it. */
  arrive(): { readonly generation: number; readonly last: boolean } {
    for (;;) {
      const word = load(this.words, this.slot + STATE)
      const last = (word & MOST) + 1 === this.parties
      const next = last ? ((word >>> HALF) + 1) << HALF : word + 1
      if (!replace(this.words, this.slot + STATE, word, next)) continue
      if (last) this.ring()
      return { generation: word >>> HALF, last }
    }
  }

  /** @internal One who has arrived goes away. False: too late, all have arrived. */
  goAway(generation: number): boolean {
    for (;;) {
      const word = load(this.words, this.slot + STATE)
      if (word >>> HALF !== generation) return false
      if (replace(this.words, this.slot + STATE, word, word - 1)) return true
    }
  }

  /** @internal */
  passed(generation: number): boolean {
    return load(this.words, this.slot + STATE) >>> HALF !== generation
  }
}

class Arrival extends Wait<boolean> {
  readonly #barrier: Barrier
  #generation = -1
  readonly watches
  override get what(): string {
    return 'a barrier'
  }

  constructor(barrier: Barrier) {
    super(barrier.house)
    this.#barrier = barrier
    this.watches = barrier.watch.alone
  }

  protected attempt(): boolean {
    if (this.#generation >= 0) return this.#barrier.passed(this.#generation) && this.settle(false)
    const { generation, last } = this.#barrier.arrive()
    this.#generation = generation
    return last && this.settle(true)
  }

  protected override leave(): void {
    if (this.#generation >= 0) this.#barrier.goAway(this.#generation)
  }
}

/**
 * Makes a barrier for `parties` tasks. In a task, or with `pool` in the thread that made it.
 *
 * @example
 * ```ts
 * import { deepEqual } from 'node:assert/strict'
 * import { type Barrier, barrier, run, spawn, task } from 'filch'
 *
 * export const walker = task(function* (cells: Int32Array, me: number, meet: Barrier) {
 *   cells[me] = me + 1
 *   yield* meet.wait()
 *   return cells[1 - me]!
 * })
 * export const both = task(function* (cells: Int32Array) {
 *   const meet = barrier(2)
 *   const walkers = [0, 1].map(me => spawn(walker, cells, me, meet))
 *   const seen: number[] = []
 *   for (const other of walkers) seen.push(yield* other.join())
 *   return seen
 * })
 *
 * if (import.meta.main) deepEqual(await run(both, new Int32Array(new SharedArrayBuffer(8))), [2, 1])
 * ```
 */
export function barrier(parties: number, where: Where = {}): Barrier {
  if (!(Number.isInteger(parties) && parties >= 1 && parties <= MOST)) {
    throw new OptionError('The parties of a barrier', parties, `Give a whole number from 1 to ${MOST}.`)
  }
  return make(Barrier, where, 0, parties)
}

crossing(10, Barrier)
