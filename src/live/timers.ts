import { now } from '../scheduler/clock.ts'
import type { Watch } from './watch.ts'

/** A time at which somebody shall look again. */
export interface Alarm {
  /** As `now()` says it. */
  readonly at: number
  readonly watch: Watch
  /** Nobody waits for it any more. */
  readonly off: boolean
}

/** Alarms of one seat: a binary heap, the earliest on top. One that was turned off leaves when it comes to the top, or when most are off. */
export class Timers {
  readonly #heap: Alarm[] = []
  #off = 0

  add(alarm: Alarm): void {
    const heap = this.#heap
    let i = heap.push(alarm) - 1
    for (let up = (i - 1) >> 1; i > 0 && heap[up]!.at > alarm.at; i = up, up = (i - 1) >> 1) heap[i] = heap[up]!
    heap[i] = alarm
  }

  get some(): boolean {
    return this.#heap.length > 0
  }

  /** One of those that were added has been turned off. */
  remove(): void {
    if (++this.#off * 2 <= this.#heap.length || this.#off < 16) return
    const rest = this.#heap.filter(alarm => !alarm.off)
    this.#heap.length = this.#off = 0
    for (const alarm of rest) this.add(alarm)
  }

  /** Milliseconds until the first; Infinity if there is none. */
  get due(): number {
    return this.#heap.length === 0 ? Infinity : Math.max(0, this.#heap[0]!.at - now())
  }

  /** Takes out one whose time has come. */
  next(): Alarm | undefined {
    while (this.#heap.length > 0) {
      const first = this.#heap[0]!
      if (!first.off && first.at > now()) return undefined
      this.#pop()
      if (!first.off) return first
      this.#off = Math.max(0, this.#off - 1)
    }
    return undefined
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let i = 0
    for (;;) {
      let down = 2 * i + 1
      if (down >= heap.length) break
      if (down + 1 < heap.length && heap[down + 1]!.at < heap[down]!.at) down++
      if (heap[down]!.at >= last.at) break
      heap[i] = heap[down]!
      i = down
    }
    heap[i] = last
  }
}
