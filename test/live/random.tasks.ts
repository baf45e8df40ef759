import {
  after,
  CanceledError,
  type Handle,
  join,
  KilledError,
  type Outcome,
  spawnWith,
  type Task,
  task,
  uncancellable,
  type Wait,
  yieldNow,
} from 'filch'

import type { Step, Tree } from './trees.ts'

/** Words of each task, from `WORDS * id` on: how often its body has begun and ended, what became of it, two that are bumped together. */
export const WORDS = 5
const BEGUN = 0
const ENDED = 1
const OUTCOME = 2
const ONE = 3
const TWO = 4

/** What became of a task: it returned, it was killed, or it has the error of that id. */
export const RETURNED = 1
export const ENDED_BY_KILL = 2
/** What its fork sees on another worker, which does not know why its task must stop. */
const STOPPED = 3
export const FAILED = 16

type Own = {
  readonly cells: Int32Array
  readonly id: number
  readonly handles: Handle<number>[]
  readonly trees: Tree[]
}

export function outcomeOf(outcome: Outcome<number>, id: number): number {
  if (outcome.ok) {
    if (outcome.value !== id) throw new Error(`task ${id} has returned ${outcome.value}`)
    return RETURNED
  }
  return codeOf(outcome.error)
}

export function codeOf(error: unknown): number {
  if (error instanceof KilledError) return ENDED_BY_KILL
  if (error instanceof CanceledError) return STOPPED
  if (error instanceof RangeError && error.message.startsWith('task ')) return FAILED + Number(error.message.slice(5))
  throw new Error(`nothing throws ${String(error)}`, { cause: error })
}

/** All who ask are told the same; and when a task has ended, so have its children. */
export function observe(cells: Int32Array, tree: Tree, outcome: number): void {
  const at = WORDS * tree.id + OUTCOME
  const before = Atomics.compareExchange(cells, at, 0, outcome)
  if (before !== 0 && before !== outcome) throw new Error(`task ${tree.id} came to ${before}, and to ${outcome}`)
  if (outcome === RETURNED && Atomics.load(cells, WORDS * tree.id + ENDED) !== 1)
    throw new Error(`task ${tree.id} has not run`)
  checkEnded(cells, tree)
}

function checkEnded(cells: Int32Array, tree: Tree): void {
  const at = WORDS * tree.id
  if (Atomics.load(cells, at + BEGUN) !== Atomics.load(cells, at + ENDED)) throw new Error(`task ${tree.id} runs on`)
  for (const child of childrenOf(tree.steps)) if (!child.detached) checkEnded(cells, child)
}

export function* childrenOf(steps: readonly Step[]): Generator<Tree> {
  for (const step of steps) {
    if (step.kind === 'spawn') yield step.child
    if (step.kind === 'fork') for (const part of step.parts) yield* childrenOf(part)
  }
}

/** What is left when all has ended. */
export function leftOf(cells: Int32Array, id: number): { runs: number; torn: boolean; outcome: number } {
  const [begun = 0, ended, outcome = 0, one, two] = cells.subarray(WORDS * id, WORDS * id + WORDS)
  return { runs: begun === ended ? begun : -1, torn: one !== two, outcome }
}

function start({ cells, handles, trees }: Own, child: Tree): void {
  const { detached, supervised, after: first } = child
  const fn: Task<(cells: Int32Array, tree: Tree, handles: Handle<number>[], trees: Tree[]) => unknown> = child.waits
    ? lives
    : runs
  const options = { detached, supervised, ...(first < 0 ? {} : { after: [handles[first]!] }) }
  const given = child.knows ? ([[...handles], [...trees]] as const) : ([[], []] as const)
  handles.push(spawnWith(options, fn, cells, child, ...(given as [never[], never[]])) as Handle<number>)
  trees.push(child)
}

function bump({ cells, id }: Own, which: number): void {
  Atomics.add(cells, WORDS * id + which, 1)
}

/** What both kinds of task do alike. False: it is something to wait for. */
function take(own: Own, step: Step): boolean {
  switch (step.kind) {
    case 'spawn':
      start(own, step.child)
      return true
    case 'kill':
      own.handles[step.of]!.kill('random')
      return true
    case 'fork': {
      const forks = step.parts.map(steps => part.fork(own.cells, own.id, steps))
      for (const forked of forks.toReversed()) part.join(forked)
      return true
    }
    default:
      return false
  }
}

function* waitFor(own: Own, step: Step): Generator<Wait<unknown>, void, unknown> {
  if (step.kind === 'pause') yield* after(step.ms)
  else if (step.kind === 'section') {
    yield* uncancellable(function* () {
      bump(own, ONE)
      yield* after(0)
      bump(own, TWO)
    })
  } else if (step.kind === 'result') {
    const tree = own.trees[step.of]!
    observe(own.cells, tree, outcomeOf(yield* own.handles[step.of]!.result(), tree.id))
  } else if (step.kind === 'join' || step.kind === 'caught') {
    const tree = own.trees[step.of]!
    try {
      observe(own.cells, tree, outcomeOf({ ok: true, value: yield* own.handles[step.of]!.join() }, tree.id))
    } catch (error) {
      // Of that one, or of a child for which nobody waits, or its own kill.
      codeOf(error)
      if (step.kind === 'join') throw error
    }
  }
}

function block(own: Own, step: Step): void {
  if (step.kind === 'pause') yieldNow()
  else if (step.kind === 'section') {
    uncancellable(() => {
      bump(own, ONE)
      yieldNow()
      bump(own, TWO)
    })
  } else if (step.kind === 'join' || step.kind === 'caught') {
    const tree = own.trees[step.of]!
    try {
      observe(own.cells, tree, outcomeOf({ ok: true, value: join(own.handles[step.of]!) }, tree.id))
    } catch (error) {
      codeOf(error)
      if (step.kind === 'join') throw error
    }
  }
}

function begin(cells: Int32Array, id: number): void {
  if (Atomics.add(cells, WORDS * id + BEGUN, 1) !== 0) throw new Error(`task ${id} begins twice`)
}

function end({ id, throws }: Tree): number {
  if (throws) throw new RangeError(`task ${id}`)
  return id
}

export const lives = task(function* (cells: Int32Array, tree: Tree, handles: Handle<number>[], trees: Tree[]) {
  begin(cells, tree.id)
  try {
    const own = { cells, id: tree.id, handles: [...handles], trees: [...trees] }
    for (const step of tree.steps) if (!take(own, step)) yield* waitFor(own, step)
    return end(tree)
  } finally {
    Atomics.add(cells, WORDS * tree.id + ENDED, 1)
  }
})

export const runs = task((cells: Int32Array, tree: Tree, _handles: Handle<number>[], _trees: Tree[]): number => {
  begin(cells, tree.id)
  try {
    const own = { cells, id: tree.id, handles: [], trees: [] }
    for (const step of tree.steps) if (!take(own, step)) block(own, step)
    return end(tree)
  } finally {
    Atomics.add(cells, WORDS * tree.id + ENDED, 1)
  }
})

const part = task((cells: Int32Array, id: number, steps: readonly Step[]): void => {
  const own = { cells, id, handles: [], trees: [] }
  for (const step of steps) if (!take(own, step)) block(own, step)
})
