import { isWrite } from './dependence.ts'
import { Races } from './races.ts'
import { watch, type Words } from './seam.ts'
import { Chance, Exhaustive, Replay, Unsuited } from './strategies.ts'
import { enterWorld, IMMORTAL, type Limits, type Step, type Strategy, World } from './world.ts'

/** What came of one execution. */
export interface Outcome {
  /** What the threads' functions returned; undefined of one that died. */
  readonly results: readonly unknown[]
  /** The memory, unwatched. */
  readonly memory: Int32Array
  /** The victim died before its end. */
  readonly died: boolean
}

/** A few threads that do a few things with shared words, and what must come of it however they are interleaved. */
export interface Scenario {
  /** Words of memory, zero at first. */
  readonly words: number
  /** Before the threads begin. */
  readonly prepare?: (words: Words) => void
  /**
   * What each thread makes for itself, and then does. Both are run many times over in one execution (world.ts): only shared
   * words last.
   */
  readonly threads: readonly ((words: Words) => () => unknown)[]
  /** Throws if what came of it is wrong. */
  readonly check: (outcome: Outcome) => void
  /** Made anew for each execution, called after each step; throws if something is wrong already. */
  readonly always?: () => (memory: Int32Array, step: Step) => void
  /** Plain races that are known to be harmless. */
  readonly mayRace?: ((at: number) => boolean) | 'everywhere'
  /** Threads that may still wait at the end. */
  readonly maySleep?: readonly number[]
  /** Of a word, for reports. */
  readonly name?: (at: number) => string
  /** Too large for every interleaving: some are drawn by lot. */
  readonly large?: boolean
  /** Of those that are drawn for others, where each takes long. */
  readonly share?: number
  /** Every interleaving, with store buffers or altogether, takes a minute: on demand only, otherwise some are drawn by lot. */
  readonly long?: 'buffered' | 'altogether'
  /** The last of the threads repairs: it begins once thread `victim` has died. */
  readonly victim?: number
}

export interface Count {
  executions: number
  steps: number
  /** After how many of its steps the victim's death may differ from its death a step before: the last was no mere look. */
  readonly tellingDeaths: Set<number>
}

export const none = (): Count => ({ executions: 0, steps: 0, tellingDeaths: new Set() })

export class Failure extends Error {
  readonly schedule: string

  constructor(cause: unknown, schedule: string, steps: string) {
    super(`${cause instanceof Error ? cause.message : String(cause)}\n${steps}\n  schedule ${schedule}`, { cause })
    this.schedule = schedule
  }
}

const MOST_EXECUTIONS = 5_000_000

/** Every interleaving of the scenario. */
export function exhaust(scenario: Scenario, buffered: boolean): Count {
  let left = MOST_EXECUTIONS
  return deaths(scenario, limits => {
    const strategy = new Exhaustive()
    const count = none()
    while (strategy.next()) {
      if (left-- === 0) throw new Error(`more than ${MOST_EXECUTIONS} interleavings`)
      play(scenario, strategy, { ...limits, buffered }, count)
    }
    return count
  })
}

/** So many interleavings drawn by lot; `points` as in {@link Chance}. */
export function sample(scenario: Scenario, buffered: boolean, seed: number, points: number, times: number): Count {
  return deaths(scenario, (limits, share) => {
    const strategy = new Chance(seed, points)
    const count = none()
    for (let i = 0; i < times * share && strategy.next(); i++) play(scenario, strategy, { ...limits, buffered }, count)
    return count
  })
}

/** One interleaving again, from the schedule that its failure named. Throws that failure, or returns its steps. */
export function replay(scenario: Scenario, schedule: string): string {
  const [mode, after, choices] = schedule.split(':')
  const limits = { ...limitsOf(scenario, Number(after)), buffered: mode === 'b' }
  const strategy = new Replay((choices ?? '').split('').map(digit => parseInt(digit, 36)))
  return tell(play(scenario, strategy, limits, none()), scenario)
}

/**
 * Once without a death; and with a victim, once for each number of steps after which its death makes a difference. Up to its
 * death nothing differs from an execution without, so those show which that are.
 */
function deaths(scenario: Scenario, run: (limits: Limits, share: number) => Count): Count {
  const total = run(limitsOf(scenario, Infinity), scenario.victim === undefined ? 1 : 0.1)
  if (scenario.victim === undefined) return total
  for (const after of [0, ...total.tellingDeaths]) {
    const { executions, steps } = run(limitsOf(scenario, after), 0.02)
    total.executions += executions
    total.steps += steps
  }
  return total
}

function limitsOf({ victim, threads }: Scenario, after: number): Limits {
  return victim === undefined ? IMMORTAL : { ...IMMORTAL, victim, after, repairer: threads.length - 1 }
}

function play(scenario: Scenario, strategy: Strategy, limits: Limits, count: Count): readonly Step[] {
  const world = new World(memoryOf(scenario.words), limits)
  const words = watch(world.memory)
  const races =
    scenario.mayRace === 'everywhere'
      ? undefined
      : new Races(scenario.threads.length, scenario.mayRace ?? (() => false))
  const always = scenario.always?.()
  const watched: Strategy = {
    choose: (ready, w) => strategy.choose(ready, w),
    took: (step, w) => {
      if (step.thread === limits.victim) {
        const { age, state } = w.threads[step.thread]!
        if (isWrite(step.op)) count.tellingDeaths.add(state === 'asleep' ? age : age + 1)
      }
      if (step.thread === limits.repairer) races?.inherit(limits.repairer, limits.victim)
      strategy.took(step, w)
      races?.took(step)
      always?.(world.memory, step)
    },
  }
  enterWorld(world)
  // Nobody reads the stacks of errors that the code under test throws and catches; they cost a fifth of the time.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    scenario.prepare?.(words)
    if (
      !world.run(
        scenario.threads.map(thread => () => thread(words)),
        watched,
      )
    )
      return []
    count.executions++
    count.steps += world.steps.length
    const stuck = world.stuck.filter(({ index }) => scenario.maySleep?.includes(index) !== true)
    if (stuck.length > 0) throw new Error(`thread ${stuck.map(({ index }) => index).join(', ')} sleeps for ever`)
    const dead = limits.victim >= 0 && world.threads[limits.victim]!.state === 'dead'
    const results = world.threads.map(({ result }) => result)
    scenario.check({ results, memory: world.memory, died: dead })
    return world.steps
  } catch (cause) {
    if (cause instanceof Unsuited) throw cause
    const choices = world.steps.map(({ thread }) => thread.toString(36)).join('')
    throw new Failure(cause, `${limits.buffered ? 'b' : 's'}:${limits.after}:${choices}`, tell(world.steps, scenario))
  } finally {
    world.restore()
    enterWorld(undefined)
    Error.stackTraceLimit = stackTraceLimit
  }
}

const memories = new Map<number, Int32Array>()

/** Executions share their memory: each puts back what it wrote. */
function memoryOf(words: number): Int32Array {
  let memory = memories.get(words)
  if (memory === undefined) memories.set(words, (memory = new Int32Array(words)))
  return memory
}

function tell(steps: readonly Step[], { threads, name }: Scenario): string {
  const called = name ?? String
  return steps
    .map(({ thread, op, result }) => {
      const who = thread < threads.length ? `${thread}` : `${thread - threads.length}'s buffer`
      const what =
        op.kind === 'read' || op.kind === 'load' ? ` = ${result}` : op.kind === 'change' ? ` was ${result}` : ''
      const given = op.kind === 'write' || op.kind === 'store' || op.kind === 'flush' ? ` := ${op.a}` : ''
      return `  ${who.padEnd(3)} ${op.kind.padEnd(6)} ${called(op.at)}${given}${what}`
    })
    .join('\n')
}
