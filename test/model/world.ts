/**
 * One execution of a model: threads that are plain functions, over words whose every access is a step.
 *
 * A thread is paused by an exception at a step and resumed by running its function again from the start, with the results of
 * the steps that it has taken already: so the code under test is the production code as it stands, getters, callbacks and
 * constructors included, and there is no transformation that could be wrong. It needs functions that behave the same each
 * time: they make all their objects themselves, and read no clock.
 */

export type Kind = 'read' | 'write' | 'load' | 'store' | 'change' | 'wait' | 'doze' | 'woken' | 'notify' | 'flush'

export interface Op {
  readonly kind: Kind
  readonly at: number
  /** Its operands; what they mean depends on the kind. */
  readonly a: number
  readonly b: number
  /** Of a change: new value from old; undefined leaves the word alone. */
  readonly change: ((old: number, a: number, b: number) => number | undefined) | undefined
}

export interface Step {
  readonly thread: number
  readonly op: Op
  readonly result: number
}

/** Thrown through a thread to pause it. Not an error: catch blocks of the code under test must not see it as theirs. */
const PAUSE = { toString: () => 'paused by the model' }

/** What a thread sets up before anything of the model begins, and what it then does. */
export type Program = () => () => unknown

export class Thread {
  readonly index: number
  readonly program: Program
  /** Results of the steps taken. */
  readonly log: number[] = []
  /** How many of them were its preparation: no steps of the model. */
  prepared = 0
  /** What it does next; undefined once it has ended. */
  pending: Op | undefined
  state: 'ready' | 'asleep' | 'ended' | 'dead' = 'ready'
  result: unknown
  /** Plain writes that nobody else sees yet, oldest first (store-buffer mode). */
  readonly buffer: { readonly at: number; readonly value: number }[] = []

  constructor(index: number, program: Program) {
    this.index = index
    this.program = program
  }

  /** Steps taken, the one that is being taken and a wait that still sleeps excepted. */
  get age(): number {
    return this.log.length - this.prepared
  }
}

/** Chooses who takes the next step. */
export interface Strategy {
  /** One of `ready`: indexes of threads; `count + i` lets the oldest write in the buffer of thread i through. -1 gives the execution up. */
  choose(ready: readonly number[], world: World): number
  took(step: Step, world: World): void
}

export interface Limits {
  /** Plain writes wait in a buffer per thread, as on x86 and weaker. */
  readonly buffered: boolean
  /** This thread dies after so many steps of its own. */
  readonly victim: number
  readonly after: number
  /** This one begins once the victim is dead, and not otherwise. */
  readonly repairer: number
}

/** Who dies of old age only. */
export const IMMORTAL: Limits = { buffered: false, victim: -1, after: 0, repairer: -1 }

const MOST_STEPS = 20_000

export class World {
  readonly memory: Int32Array
  threads: Thread[] = []
  readonly steps: Step[] = []
  limits: Limits
  #strategy: Strategy | undefined
  #current: Thread | undefined
  #replayed = 0
  #go = false
  #paused = false
  #chosen = -1
  #preparing = false
  #broken: Error | undefined
  readonly #undo: { readonly at: number; readonly old: number }[] = []

  constructor(memory: Int32Array, limits: Limits) {
    this.memory = memory
    this.limits = limits
  }

  /** Runs the programs until all have ended, or none can go on. False: the strategy gave up. */
  run(programs: readonly Program[], strategy: Strategy): boolean {
    this.threads = programs.map((program, index) => new Thread(index, program))
    this.#strategy = strategy
    for (const thread of this.threads) this.#resume(thread, false)
    this.#chosen = this.#choose()
    while (this.#chosen >= 0) {
      const index = this.#chosen
      if (index >= this.threads.length) {
        this.#flush(this.threads[index - this.threads.length]!)
        this.#chosen = this.#choose()
      } else {
        this.#chosen = -2
        this.#resume(this.threads[index]!, true)
        if (this.#chosen === -2) this.#chosen = this.#choose()
      }
    }
    return this.#chosen === -1
  }

  /** Puts the memory back as it was, for the next execution. */
  restore(): void {
    for (let i = this.#undo.length - 1; i >= 0; i--) this.memory[this.#undo[i]!.at] = this.#undo[i]!.old
  }

  /** Who has not ended, though nobody killed it. A repairer without a death has nothing to do. */
  get stuck(): readonly Thread[] {
    const { victim, repairer } = this.limits
    const idle = victim >= 0 && this.threads[victim]!.state === 'ended'
    return this.threads.filter(
      ({ state, index }) => (state === 'ready' || state === 'asleep') && !(index === repairer && idle),
    )
  }

  // --- called by the code under test, through the seam -------------------------------------------------------------------

  /** One step of the thread that runs now. Outside of one (set-up, checks) it happens at once. */
  access(kind: Kind, at: number, a: number, b: number, change: Op['change']): number {
    const thread = this.#current
    if (this.#paused) throw PAUSE
    if (!(at >= 0 && at < this.memory.length)) this.#fail(`${kind} at ${at}, beyond the memory`)
    if (thread === undefined) return this.#perform(undefined, { kind, at, a, b, change })
    if (this.#replayed < thread.log.length) return thread.log[this.#replayed++]!
    if (this.#preparing) {
      const result = this.#perform(undefined, { kind, at, a, b, change })
      thread.log.push(result)
      this.#replayed++
      return result
    }
    let op = thread.pending
    if (this.#go) {
      this.#go = false
      if (op === undefined || (op.kind !== kind && op.kind !== 'woken') || op.at !== at) {
        this.#fail(`thread ${thread.index} does not repeat itself: ${op?.kind} ${op?.at}, then ${kind} ${at}`)
      }
    } else {
      op = thread.pending = { kind, at, a, b, change }
      if (this.#chosen === -3) this.#pause()
      this.#chosen = this.#choose()
      if (this.#chosen !== thread.index) this.#pause()
      this.#chosen = -2
    }
    const result = this.#perform(thread, op)
    if (thread.state === 'asleep') this.#pause()
    thread.log.push(result)
    this.#replayed++
    return result
  }

  // --- inside ---------------------------------------------------------------------------------------------------------------

  /** What no thread may do. Thrown again once the thread is out of the way: its own catch blocks must not settle it. */
  #fail(message: string): never {
    this.#broken ??= new Error(message)
    throw this.#broken
  }

  #pause(): never {
    this.#paused = true
    throw PAUSE
  }

  #resume(thread: Thread, go: boolean): void {
    this.#current = thread
    this.#replayed = 0
    this.#go = go
    this.#paused = false
    this.#preparing = !go
    if (!go) this.#chosen = -3
    try {
      const body = thread.program()
      this.#preparing = false
      if (!go) thread.prepared = thread.log.length
      const result = body()
      if (this.#paused) throw new Error(`thread ${thread.index} swallowed its pause`)
      thread.result = result
      thread.state = 'ended'
      thread.pending = undefined
    } catch (thrown) {
      if (!this.#paused) throw thrown
    } finally {
      this.#current = undefined
      this.#paused = false
    }
    if (this.#broken !== undefined) throw this.#broken
  }

  #choose(): number {
    const ready: number[] = []
    const count = this.threads.length
    for (const thread of this.threads) {
      const { index, pending, buffer } = thread
      if (thread.buffer.length > 0) ready.push(count + index)
      if (index === this.limits.victim && thread.age >= this.limits.after && thread.state !== 'ended')
        thread.state = 'dead'
      if (thread.state !== 'ready' || pending === undefined) continue
      if (index === this.limits.repairer && !this.#buried) continue
      // A locked instruction waits until the buffer is empty; a load does not.
      if (buffer.length > 0 && isLocked(pending)) continue
      ready.push(index)
    }
    if (ready.length === 0) return this.#passTime() ? this.#choose() : -1
    if (this.steps.length > MOST_STEPS) throw new Error(`more than ${MOST_STEPS} steps: a thread spins`)
    const chosen = this.#strategy!.choose(ready, this)
    return chosen < 0 ? -4 : chosen
  }

  /** The victim is dead, and all that it wrote has been let through: its thread was joined. */
  get #buried(): boolean {
    const { state, buffer } = this.threads[this.limits.victim]!
    return state === 'dead' && buffer.length === 0
  }

  /** Nobody can go on: whoever dozes looks again. */
  #passTime(): boolean {
    const dozing = this.threads.filter(({ state, pending }) => state === 'asleep' && pending?.kind === 'doze')
    for (const thread of dozing) wake(thread)
    return dozing.length > 0
  }

  #flush(thread: Thread): void {
    const { at, value } = thread.buffer.shift()!
    this.#write(at, value)
    this.#took(this.threads.length + thread.index, { kind: 'flush', at, a: value, b: 0, change: undefined }, value)
  }

  #took(thread: number, op: Op, result: number): void {
    const step = { thread, op, result }
    this.steps.push(step)
    this.#strategy?.took(step, this)
  }

  #write(at: number, value: number): void {
    this.#undo.push({ at, old: this.memory[at]! })
    this.memory[at] = value
  }

  #seen(thread: Thread | undefined, at: number): number {
    if (thread !== undefined) {
      for (let i = thread.buffer.length - 1; i >= 0; i--)
        if (thread.buffer[i]!.at === at) return thread.buffer[i]!.value
    }
    return this.memory[at]!
  }

  #perform(thread: Thread | undefined, op: Op): number {
    const { kind, at, a, b, change } = op
    let result = 0
    switch (kind) {
      case 'read':
      case 'load':
        result = this.#seen(thread, at)
        break
      case 'write':
        if (thread !== undefined && this.limits.buffered) thread.buffer.push({ at, value: a | 0 })
        else this.#write(at, a | 0)
        result = a | 0
        break
      case 'store':
        this.#write(at, a | 0)
        result = a | 0
        break
      case 'change': {
        result = this.memory[at]!
        const next = change!(result, a, b)
        if (next !== undefined) this.#write(at, next)
        break
      }
      case 'wait':
        result = this.memory[at]!
        if (result === a && thread !== undefined) thread.state = 'asleep'
        break
      case 'doze':
        if (thread !== undefined) thread.state = 'asleep'
        break
      case 'notify':
        for (const other of this.threads) {
          if (other.state !== 'asleep' || other.pending?.at !== at) continue
          wake(other)
        }
        break
      case 'woken':
      case 'flush':
        break
    }
    if (thread !== undefined) {
      // Whoever dozes looks again once anything has happened.
      for (const other of this.threads) {
        if (other === thread || other.state !== 'asleep' || other.pending?.kind !== 'doze') continue
        wake(other)
      }
      this.#took(thread.index, op, result)
    }
    return result
  }
}

function wake(thread: Thread): void {
  thread.state = 'ready'
  thread.pending = { ...thread.pending!, kind: 'woken' }
}

/** True of what waits until the thread's own buffer is empty. */
export function isLocked({ kind }: Op): boolean {
  return kind === 'store' || kind === 'change' || kind === 'wait' || kind === 'doze'
}

/** The world that the seam plays in. One at a time: a model runs in one thread. */
let world: World | undefined

export function enterWorld(next: World | undefined): void {
  world = next
}

export function here(): World {
  if (world === undefined) throw new Error('shared words were touched outside of a model')
  return world
}
