import { load, store } from '../memory/atomics.ts'
import { warn } from '../platform/node/host.ts'
import { now } from '../scheduler/clock.ts'
import { roams } from '../scheduler/duty.ts'
import { BEAT, BLOCKING, DUTY, RUNNING, WANT } from '../scheduler/registry.ts'
import { TASK } from '../scheduler/slot.ts'
import { setBlocking } from '../scheduler/spares.ts'
import type { Worker } from '../scheduler/worker.ts'
import type { Settings, Stuck, Watch } from './options.ts'

/** `BLOCKING` of a seat whose task has not said that it blocks. */
const NOTICED = 2

/** What a seat was seen to do, and since when. */
interface Sight {
  beat: number
  job: number
  since: number
  reported: boolean
}

/**
 * Finds tasks that keep their worker from everything else. Each job, poll and look of a worker counts up a word of its seat; this looks from
 * time to time whether the word still stands where it stood, with the same job under way. A task that forks need not poll while nobody
 * wants its forks, so it is asked to at each look.
 */
export class Watchdog {
  readonly #worker: Worker
  readonly #balance: () => void
  readonly #settings: Settings
  readonly #watch: Watch
  readonly #sights: Sight[] = []
  readonly #timer: NodeJS.Timeout

  constructor(worker: Worker, balance: () => void, settings: Settings, watch: Watch) {
    this.#worker = worker
    this.#balance = balance
    this.#settings = settings
    this.#watch = watch
    this.#timer = setInterval(() => this.#look(), Math.max(1, watch.ms / 4)).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const { registry } = this.#worker
    for (let seat = 0; seat < registry.inUse; seat++) if (seat !== registry.caller) this.#lookAt(seat)
  }

  #lookAt(seat: number): void {
    const { registry } = this.#worker
    const { words } = registry.arena
    const at = registry.seat(seat)
    const job = load(words, at + RUNNING)
    const beat = load(words, at + BEAT)
    const blocking = load(words, at + BLOCKING)
    const sight = (this.#sights[seat] ??= { beat, job, since: now(), reported: false })
    const mayBlock = !roams(load(words, at + DUTY)) || (blocking !== 0 && blocking !== NOTICED)
    if (job === 0 || sight.job !== job || sight.beat !== beat || mayBlock || registry.sleepers.sleeps(seat)) {
      this.#sights[seat] = { beat, job, since: now(), reported: false }
      if (blocking === NOTICED) setBlocking(registry, seat, 0)
      return
    }
    store(words, at + WANT, 1)
    const ms = now() - sight.since
    if (ms < this.#watch.ms || sight.reported) return
    sight.reported = true
    this.#report({
      task: this.#worker.thief.taskOf(words[job + TASK]!)?.label ?? '(a task)',
      worker: seat,
      ms: Math.round(ms),
    })
    if (this.#watch.compensate !== true) return
    setBlocking(registry, seat, NOTICED)
    this.#balance()
  }

  #report(stuck: Stuck): void {
    const { onStuck } = this.#watch
    if (onStuck !== undefined) return onStuck(stuck)
    warn(
      `The task ${stuck.task} has kept worker ${stuck.worker} of the pool ${this.#settings.name} for ${stuck.ms} ms without a fork, join, ` +
        'wait or yieldNow. Call yieldNow() in long loops, blocking() around what blocks, or give it a thread of its own (dedicated).',
    )
  }
}
