import type { Body } from './body.ts'
import type { Compiled } from './loop.ts'
import { drops, type Source, type SourceKind, type Stage, type StageName } from './shape.ts'
import type { SinkName } from './sinks.ts'

/** Branches and ends that an outline keeps; beyond, the oldest goes. */
const MOST = 8
/** Outlines of a thread before all are forgotten: programs that make functions from text would make ever more. */
const MOST_OUTLINES = 1000

/** `start`: a source. `init`: what makes the state of a `mapInit`, which follows. */
type Step = StageName | 'start' | 'init'

interface Branch {
  readonly step: Step
  readonly body: Body | undefined
  readonly kind: SourceKind | undefined
  readonly type: unknown
  readonly outline: Outline
}

interface Ending {
  readonly sink: SinkName
  readonly ends: readonly Body[]
  readonly compiled: Compiled
}

/**
 * What a chain is without its data. A program writes the same chain out again and again, and each time its loop has to
 * be found: so outlines are a tree, whose branches are what was seen to follow, and the chain that is written for the
 * second time walks down where it went the first time, one comparison a function (the idea is that of the hidden
 * classes of Self: Chambers, Ungar and Lee, OOPSLA 1989). At the end hangs the loop.
 *
 * Private to the thread, and nothing but a cache: two outlines of the same chain do no harm.
 */
export class Outline {
  readonly bound: boolean
  readonly stages: readonly Stage[]
  readonly bodies: readonly Body[]
  /** Each element of the source is one at the end. */
  readonly indexed: boolean
  /** The elements at the end are objects of the source itself. */
  readonly own: boolean
  /** It has states, which `mapInit` makes. */
  readonly stateful: boolean
  /** Sources so far. */
  readonly #count: number
  readonly #branches: Branch[] = []
  readonly #endings: Ending[] = []
  #turn = 0

  private constructor(bound: boolean, count: number, stages: readonly Stage[], bodies: readonly Body[], list: boolean) {
    this.bound = bound
    this.#count = count
    this.stages = stages
    this.bodies = bodies
    this.indexed = !drops(stages)
    this.stateful = stages.some(({ name }) => name === 'mapInit')
    this.own = list && stages.every(({ name }) => name === 'filter' || name === 'tap')
  }

  static of(source: Source, bound: boolean): Outline {
    if (made > MOST_OUTLINES) {
      made = 0
      roots = [new Outline(false, 0, [], [], false), new Outline(true, 0, [], [], false)]
    }
    return roots[bound ? 1 : 0]!.followed('start', undefined, source)
  }

  /** This one with a step more; `source` is one that is new. */
  followed(step: Step, body: Body | undefined, source?: Source): Outline {
    const branches = this.#branches
    const kind = source?.kind
    const type = (source?.data as object | null | undefined)?.constructor
    for (let i = 0; i < branches.length; i++) {
      const branch = branches[i]!
      if (branch.step === step && branch.body === body && branch.kind === kind && branch.type === type) {
        return branch.outline
      }
    }
    made++
    const outline = this.#grown(step, body, source)
    this.#put(branches, { step, body, kind, type, outline })
    return outline
  }

  #grown(step: Step, body: Body | undefined, source: Source | undefined): Outline {
    const { bound, stages, bodies } = this
    const count = this.#count + (source === undefined ? 0 : 1)
    if (step === 'start') return new Outline(bound, count, stages, bodies, source!.kind === 'list')
    const all = body === undefined ? bodies : [...bodies, body]
    if (step === 'init') return new Outline(bound, count, stages, all, false)
    const stage: Stage = {
      name: step,
      body: body === undefined ? -1 : bodies.length,
      source: source === undefined ? -1 : this.#count,
    }
    return new Outline(bound, count, [...stages, stage], all, this.own)
  }

  /** Its loop with this end, if that was met lately. */
  loop(sink: SinkName, ends: readonly Body[]): Compiled | undefined {
    const endings = this.#endings
    for (let i = 0; i < endings.length; i++) {
      const ending = endings[i]!
      if (ending.sink === sink && same(ending.ends, ends)) return ending.compiled
    }
    return undefined
  }

  keep(sink: SinkName, ends: readonly Body[], compiled: Compiled): void {
    this.#put(this.#endings, { sink, ends, compiled })
  }

  #put<T>(list: T[], value: T): void {
    if (list.length < MOST) list.push(value)
    else list[this.#turn++ % MOST] = value
  }
}

function same(a: readonly Body[], b: readonly Body[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

let made = Infinity
let roots: readonly Outline[] = []
