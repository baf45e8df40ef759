import { load } from '../memory/atomics.ts'
import { roams, VACANT } from '../scheduler/duty.ts'
import { DUTY } from '../scheduler/registry.ts'
import type { Worker } from '../scheduler/worker.ts'
import type { Living } from './dump.ts'

/** First look after so many ms of pending work; then half as often each time, as long as all threads are found asleep. */
const FIRST = 1000
const LAST = 60_000

/**
 * Looks from time to time, while work is pending and all threads sleep, whether tasks wait for each other's end, and warns of it once.
 *
 * **No false alarm.** A cycle counts if each of its tasks waits for one task alone, the next, or has ended and waits for its children,
 * of which the next is one. Such a task goes on when the next has ended, which is after itself, or when it is killed (or another
 * child of it fails, which is as good as asleep). What two seats say comes from two moments; but a task that waits for one that has ended since cannot be waited for by it any more, since
 * ids are not used again. So only a kill between the two moments can make up a cycle, and who was killed does not stand in
 * the same cycle a second time: it must be seen twice.
 *
 * Other circles, of IVars or permits, are not reported: whoever has the object may still put or release, the thread that made
 * the pool above all. `pool.dump()` shows what each task waits for.
 */
export class Deadlocks {
  readonly #name: string
  readonly #worker: Worker
  readonly #look: () => Promise<{ readonly cycles: readonly (readonly Living[])[] }>
  readonly #warn: (text: string) => void
  readonly #known = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #wait = FIRST

  constructor(
    name: string,
    worker: Worker,
    look: () => Promise<{ readonly cycles: readonly (readonly Living[])[] }>,
    warn: (text: string) => void,
  ) {
    this.#name = name
    this.#worker = worker
    this.#look = look
    this.#warn = warn
  }

  /** Work is pending from now on, or none is. */
  watch(pending: boolean): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!pending) return
    this.#wait = FIRST
    this.#later()
  }

  #later(): void {
    const timer = setTimeout(() => {
      void this.#turn(timer)
    }, this.#wait)
    this.#timer = timer.unref()
  }

  async #turn(timer: NodeJS.Timeout): Promise<void> {
    await this.#examine()
    if (this.#timer === timer) this.#later()
  }

  async #examine(): Promise<void> {
    if (!isAsleep(this.#worker)) {
      this.#wait = FIRST
      return
    }
    this.#wait = Math.min(LAST, this.#wait * 2)
    try {
      const first = new Set((await this.#look()).cycles.map(keyOf))
      if (first.size === 0) return
      for (const cycle of (await this.#look()).cycles) {
        const key = keyOf(cycle)
        if (!first.has(key) || this.#known.has(key)) continue
        this.#known.add(key)
        this.#warn(`Tasks of the pool ${this.#name} wait for each other: ${inWords(cycle)}. Only a kill ends that.`)
      }
    } catch {
      // The pool is closed, or a thread died: there is nothing to look at, or another time.
    }
  }
}

/** A picture: no thread does anything, nor has told the caller something that it has not read. Those that roam wait for any work. */
function isAsleep({ registry, lodging }: Worker): boolean {
  const { sleepers, caller, inUse, arena } = registry
  let roaming = 0
  for (let seat = 0; seat < inUse; seat++) {
    const duty = load(arena.words, registry.seat(seat) + DUTY)
    if (seat === caller || duty === VACANT) continue
    if (!sleepers.sleeps(seat)) return false
    roaming += Number(roams(duty))
  }
  // Last: who is found asleep has sent its mail before.
  return sleepers.idle >= roaming && !lodging.called
}

function keyOf(cycle: readonly Living[]): string {
  return cycle
    .map(({ id }) => id)
    .toSorted((a, b) => a - b)
    .join()
}

function inWords(cycle: readonly Living[]): string {
  return [...cycle, cycle[0]!].map(({ name }) => name).join(' waits for ')
}
