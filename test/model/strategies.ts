import { independent, isLocal, isOwn, isWrite } from './dependence.ts'
import { isLocked, type Op, type Step, type Strategy, type World } from './world.ts'

/** A place in an execution at which it was chosen who goes on. */
interface Node {
  readonly ready: readonly number[]
  /** Who shall be tried here. */
  readonly wanted: Set<number>
  /** Who was tried here, the present one last. */
  readonly tried: Set<number>
  /** Whose next step was explored before, in an order that comes to the same. */
  readonly asleep: ReadonlySet<number>
  chosen: number
}

/** The model is not one for this strategy. That is no finding. */
export class Unsuited extends Error {}

/**
 * Every execution that differs from the others by more than the order of steps that do not touch the same word: dynamic
 * partial-order reduction (Flanagan and Godefroid, POPL 2005) with source sets and sleep sets (Godefroid 1996).
 */
export class Exhaustive implements Strategy {
  readonly #nodes: Node[] = []
  #depth = 0
  #asleep = new Set<number>()
  /** By node: who took the step there, and after how many steps of each process it came for certain. */
  #took: { readonly process: number; readonly clock: readonly number[] }[] = []
  #clocks: number[][] = []
  /** By thread: the clocks of the writes in its buffer, oldest first. */
  #buffered: (readonly number[])[][] = []
  /** By word: who wrote it in this execution, oldest first. */
  #writes = new Map<number, number[]>()
  /** By word and process: its last read that no other's write has followed. */
  #reads = new Map<number, Map<number, number>>()
  /** By thread that was woken and has not gone on yet: the step that woke it. */
  #notified = new Map<number, number>()
  #last = -1
  /** So many steps are those of the execution before. */
  #known = 0

  /** Prepares the next execution. False: all have been seen. */
  next(): boolean {
    this.#took = []
    this.#clocks = []
    this.#buffered = []
    this.#writes.clear()
    this.#reads.clear()
    this.#notified.clear()
    this.#asleep = new Set()
    this.#last = -1
    if (this.#depth === 0 && this.#nodes.length === 0) return true
    this.#depth = 0
    for (;;) {
      const node = this.#nodes.at(-1)
      if (node === undefined) return false
      const open = [...node.wanted].find(who => !node.tried.has(who) && !node.asleep.has(who))
      if (open !== undefined) {
        node.tried.add(open)
        node.chosen = open
        this.#known = this.#nodes.length - 1
        return true
      }
      this.#nodes.pop()
    }
  }

  choose(ready: readonly number[]): number {
    const known = this.#nodes[this.#depth]
    if (known !== undefined) {
      if (!alike(known.ready, ready)) throw new Error('an execution does not repeat itself')
      this.#depth++
      return known.chosen
    }
    const open = ready.filter(who => !this.#asleep.has(who))
    if (open.length === 0) return -1
    const chosen = open.includes(this.#last) ? this.#last : open[0]!
    this.#nodes.push({
      ready,
      wanted: new Set([chosen]),
      tried: new Set([chosen]),
      asleep: new Set(this.#asleep),
      chosen,
    })
    this.#depth++
    return chosen
  }

  took({ thread, op }: Step, world: World): void {
    if (op.kind === 'doze') throw new Unsuited('who dozes depends on everything: draw such executions by lot')
    const index = this.#took.length
    const node = this.#nodes[index]!
    const count = world.threads.length
    const clock = (this.#clocks[thread] ??= [])
    // What a buffer lets through was written before: after what its thread had done by then, not after all that it has done
    // since. A locked instruction comes after all that its buffer has let through.
    if (thread >= count) join(clock, this.#buffered[thread - count]!.shift()!)
    else if (isLocked(op)) join(clock, this.#clocks[count + thread] ?? [])
    // What only became possible by another's step is ordered by that.
    if (op.kind === 'woken') {
      join(clock, this.#took[this.#notified.get(thread)!]!.clock)
      this.#notified.delete(thread)
    }
    for (const { index: who, pending } of op.kind === 'notify' ? world.threads : []) {
      if (pending?.kind === 'woken' && !this.#notified.has(who)) this.#notified.set(who, index)
    }
    if (thread === world.limits.repairer) join(clock, this.#clocks[world.limits.victim] ?? [])
    const before = this.#conflicts(thread, op, world)
    // Latest first: what one of them follows is ordered through it, and is no race of its own. Where this execution still
    // repeats the last one, its races are known.
    const races: number[] = []
    for (const at of before) {
      const { process, clock: then } = this.#took[at]!
      if (index >= this.#known && process !== thread && (clock[process] ?? 0) <= at) races.push(at)
      join(clock, then)
    }
    for (const at of races) this.#reverse(at, thread, clock)
    this.#note(thread, op, world)
    clock[thread] = index + 1
    if (isLocal(op, world)) (this.#buffered[thread] ??= []).push(clock.slice())
    this.#took.push({ process: thread, clock: clock.slice() })
    this.#last = thread
    if (index < this.#known) return
    this.#asleep = new Set()
    for (const other of [...node.asleep, ...node.tried]) {
      const next = nextOf(other, world)
      if (other === thread) continue
      if (next === undefined || independent({ process: other, op: next }, { process: thread, op }, world))
        this.#asleep.add(other)
    }
  }

  /** The latest steps that the one which `process` now takes may depend on, latest first. */
  #conflicts(process: number, op: Op, world: World): number[] {
    if (isLocal(op, world)) return []
    const before: number[] = []
    for (const [who, at] of isWrite(op) ? (this.#reads.get(op.at) ?? []) : []) {
      if (!isOwn(who, process, world)) before.push(at)
    }
    // The last of them comes after all others, and after every read before it, but for those of its own thread.
    const write = this.#writes.get(op.at)?.findLast(at => !isOwn(this.#took[at]!.process, process, world))
    if (write !== undefined) before.push(write)
    return before.toSorted((a, b) => b - a)
  }

  #note(process: number, op: Op, world: World): void {
    if (isLocal(op, world)) return
    const index = this.#took.length
    const reads = this.#reads.get(op.at) ?? new Map<number, number>()
    this.#reads.set(op.at, reads)
    if (isWrite(op)) {
      for (const who of reads.keys()) if (!isOwn(who, process, world)) reads.delete(who)
      const writes = this.#writes.get(op.at)
      if (writes === undefined) this.#writes.set(op.at, [index])
      else writes.push(index)
    } else reads.set(process, index)
  }

  /**
   * Nothing orders the step at `at` and the one that `process` now takes, with this clock: the other order is wanted too. Some
   * step that may begin it must be tried at `at`: the first of those since that do not follow the one there (a source set:
   * Abdulla, Aronsson, Jonsson, Sagonas, POPL 2014).
   */
  #reverse(at: number, process: number, clock: readonly number[]): void {
    const node = this.#nodes[at]!
    const other = this.#took[at]!.process
    const firsts = new Map<number, number>()
    const initials: number[] = []
    const consider = (who: number, when: number, its: readonly number[]): void => {
      if (firsts.has(who)) return
      let free = true
      for (const [earlier, first] of firsts) if ((its[earlier] ?? 0) > first) free = false
      firsts.set(who, when)
      if (free) initials.push(who)
    }
    for (let i = at + 1; i < this.#took.length; i++) {
      const { process: who, clock: its } = this.#took[i]!
      if ((its[other] ?? 0) <= at) consider(who, i, its)
    }
    consider(process, this.#took.length, clock)
    if (initials.some(who => node.wanted.has(who))) return
    const possible = initials.find(who => node.ready.includes(who))
    if (possible !== undefined) node.wanted.add(possible)
    else for (const who of node.ready) node.wanted.add(who)
  }
}

function alike(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}

function join(clock: number[], other: readonly number[]): void {
  for (let i = 0; i < other.length; i++) clock[i] = Math.max(clock[i] ?? 0, other[i] ?? 0)
}

function nextOf(process: number, world: World): Op | undefined {
  const count = world.threads.length
  if (process < count) return world.threads[process]!.pending
  const oldest = world.threads[process - count]!.buffer[0]
  return oldest === undefined ? undefined : { kind: 'flush', at: oldest.at, a: oldest.value, b: 0, change: undefined }
}

/** Who goes on is drawn by lot. With `points`, by priorities that change at so many places (Burckhardt et al., ASPLOS 2010). */
export class Chance implements Strategy {
  #random: number
  readonly #points: number
  #priorities: number[] = []
  #changes = new Set<number>()
  #steps = 0
  /** Steps of the longest execution so far. */
  #longest = 64

  constructor(seed: number, points: number) {
    this.#random = seed | 1
    this.#points = points
  }

  next(): boolean {
    this.#longest = Math.max(this.#longest, this.#steps)
    this.#steps = 0
    this.#priorities = []
    this.#changes = new Set(Array.from({ length: this.#points }, () => this.#draw(this.#longest)))
    return true
  }

  #draw(below: number): number {
    // xorshift (Marsaglia 2003)
    let r = this.#random
    r ^= r << 13
    r ^= r >>> 17
    r ^= r << 5
    this.#random = r
    return (r >>> 0) % below
  }

  choose(ready: readonly number[]): number {
    this.#steps++
    if (this.#points === 0) return ready[this.#draw(ready.length)]!
    for (const who of ready) this.#priorities[who] ??= 1000 + this.#draw(1000)
    const first = ready.reduce((a, b) => (this.#priorities[b]! > this.#priorities[a]! ? b : a))
    if (!this.#changes.has(this.#steps)) return first
    this.#priorities[first] = this.#draw(1000)
    return ready.reduce((a, b) => (this.#priorities[b]! > this.#priorities[a]! ? b : a))
  }

  took(): void {}
}

/** The choices of an execution that was reported. */
export class Replay implements Strategy {
  readonly #choices: readonly number[]
  #at = 0

  constructor(choices: readonly number[]) {
    this.#choices = choices
  }

  choose(ready: readonly number[]): number {
    return this.#choices[this.#at++] ?? ready[0]!
  }

  took(): void {}
}
