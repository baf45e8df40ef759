import type { Step } from './world.ts'

/** Orders that every engine must keep: the order of a thread's own steps, and from an atomic write to the atomic reads that see it. */
export class Races {
  readonly #clocks: number[][]
  readonly #released = new Map<number, number[]>()
  /** Of each word: the last write, and the last reads, by thread and that thread's count of steps. */
  readonly #writes = new Map<number, { thread: number; at: number; plain: boolean }>()
  readonly #reads = new Map<number, Map<number, { at: number; plain: boolean }>>()
  readonly #may: (at: number) => boolean

  constructor(threads: number, may: (at: number) => boolean) {
    this.#clocks = Array.from({ length: threads }, () => Array.from({ length: threads }, () => 0))
    this.#may = may
  }

  /** The repairer knows all that the dead one did: its thread has been joined. */
  inherit(heir: number, dead: number): void {
    merge(this.#clocks[heir]!, this.#clocks[dead]!)
  }

  /** Throws if the step and one before it touch the same word, one of them plainly and one of them to change it, in no order. */
  took({ thread, op }: Step): void {
    const clock = this.#clocks[thread]
    if (clock === undefined || op.kind === 'woken' || op.kind === 'notify' || op.kind === 'doze') return
    clock[thread]!++
    const plain = op.kind === 'read' || op.kind === 'write'
    const writes = op.kind === 'write' || op.kind === 'store' || op.kind === 'change'
    if (!plain && op.kind !== 'store') merge(clock, this.#released.get(op.at) ?? [])
    if (!this.#may(op.at)) {
      const write = this.#writes.get(op.at)
      if (write !== undefined && (plain || write.plain)) this.#expect(write.thread, write.at, thread, op.at)
      if (writes) {
        for (const [reader, read] of this.#reads.get(op.at) ?? []) {
          if (plain || read.plain) this.#expect(reader, read.at, thread, op.at)
        }
      }
    }
    if (writes) {
      this.#writes.set(op.at, { thread, at: clock[thread]!, plain })
      this.#reads.delete(op.at)
    } else {
      let reads = this.#reads.get(op.at)
      if (reads === undefined) this.#reads.set(op.at, (reads = new Map()))
      const before = reads.get(thread)
      reads.set(thread, { at: clock[thread]!, plain: plain || before?.plain === true })
    }
    if (op.kind === 'store' || op.kind === 'change') this.#released.set(op.at, clock.slice())
  }

  #expect(earlier: number, at: number, later: number, word: number): void {
    if (earlier === later || this.#clocks[later]![earlier]! >= at) return
    throw new Error(
      `a data race: threads ${earlier} and ${later} touch word ${word}, in no order that engines must keep`,
    )
  }
}

function merge(clock: number[], other: readonly number[]): void {
  for (let i = 0; i < other.length; i++) clock[i] = Math.max(clock[i]!, other[i]!)
}
