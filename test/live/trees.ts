import * as fc from 'fast-check'

import { type Random, random } from '../soak/part.ts'

/** Random task trees as plain data, and what may become of them (random.test.ts). */
export interface Tree {
  readonly id: number
  /** A generator task, or a plain one. */
  readonly waits: boolean
  readonly steps: readonly Step[]
  /** At its end. */
  readonly throws: boolean
  readonly detached: boolean
  readonly supervised: boolean
  /** It begins after the one with this place among the handles that its parent has then; -1: at once. */
  readonly after: number
  /** It is given those handles. */
  readonly knows: boolean
}

/** `of`: a place among the handles that the task has: those that it was given, then those of its children, as they come. */
export type Step =
  | { readonly kind: 'spawn'; readonly child: Tree }
  | { readonly kind: 'join' | 'caught' | 'result' | 'kill'; readonly of: number }
  | { readonly kind: 'pause'; readonly ms: number }
  /** Two cells that must be bumped together. */
  | { readonly kind: 'section' }
  /** Forked side by side, with handles of their own. */
  | { readonly kind: 'fork'; readonly parts: readonly (readonly Step[])[] }

type Draft = Omit<Tree, 'id' | 'steps'> & { readonly steps: readonly DraftStep[] }
type DraftStep =
  | { readonly kind: 'spawn'; readonly child: Draft }
  | Exclude<Step, { kind: 'spawn' | 'fork' }>
  | { readonly kind: 'fork'; readonly parts: readonly (readonly DraftStep[])[] }

/** A tree of at most `size` tasks. */
function draft(r: Random, size: number): Draft {
  let left = size
  const tree = (): Draft => {
    left--
    return {
      waits: r(2) === 0,
      steps: steps(1 + r(7)),
      throws: r(12) === 0,
      detached: r(12) === 0,
      supervised: r(2) === 0,
      after: r(4) === 0 ? r(8) : -1,
      knows: r(2) === 0,
    }
  }
  const steps = (count: number): DraftStep[] => Array.from({ length: count }, step)
  const step = (): DraftStep => {
    const of = r(8)
    switch (r(20)) {
      case 0:
        return { kind: 'section' }
      case 1:
        return { kind: 'fork', parts: [steps(r(4)), steps(r(4)), steps(r(2))] }
      case 2:
        return { kind: 'kill', of }
      case 3:
        return { kind: 'join', of }
      case 4:
      case 5:
        return { kind: 'caught', of }
      case 6:
      case 7:
        return { kind: 'result', of }
      case 8:
      case 9:
        return { kind: 'pause', ms: r(6) === 0 ? 1 : 0 }
      default:
        return left > 0 ? { kind: 'spawn', child: tree() } : { kind: 'caught', of }
    }
  }
  return tree()
}

/** What is known of each task of a tree, by id. */
export interface Facts {
  readonly tree: Tree
  readonly parent: number
  /** Whom it joins without catching, and who it begins after. */
  readonly leans: number[]
  /** Somebody asks what became of it. */
  watched: boolean
  /** It catches what it gets while it joins another. */
  catches: boolean
  killable: boolean
  /** Ids of those whose error may be its own; `KILLED` if it may end as one that was killed. */
  readonly errors: Set<number>
  ok: boolean
}

export const KILLED = -1

export interface Planned {
  readonly root: Tree
  readonly facts: readonly Facts[]
  /** The root is killed after so many turns of the event loop; -1: it is not. */
  readonly kill: number
}

/** Smaller is simpler, the seed aside. */
export const plans: fc.Arbitrary<Planned> = fc
  .record({ size: fc.nat({ max: 40 }), seed: fc.nat(), kill: fc.integer({ min: -60, max: 20 }) })
  .map(({ size, seed, kill }) => plan(draft(random(seed), size), Math.max(-1, kill)))

/** Numbers the tasks, gives each step a handle that is there by then or leaves it out, and finds what may become of each. */
function plan(draft: Draft, kill: number): Planned {
  const facts: Facts[] = []
  const number = (from: Draft, parent: number, known: readonly number[], isRoot = false): Tree => {
    const id = facts.length
    const own: Facts = {
      tree: undefined as never,
      parent,
      leans: [],
      watched: false,
      catches: false,
      killable: isRoot && kill >= 0,
      errors: new Set(),
      ok: true,
    }
    facts.push(own)
    const after = known.length === 0 || isRoot || from.after < 0 ? -1 : from.after % known.length
    if (after >= 0) {
      own.leans.push(known[after]!)
      facts[known[after]!]!.watched = true
    }
    const knows = from.knows && from.waits && !isRoot
    const detached = from.detached && !isRoot
    const steps = numberSteps(from.steps, id, knows ? [...known] : [], from.waits)
    const numbered = { ...from, id, after, knows, detached, steps }
    facts[id] = { ...own, tree: numbered }
    return numbered
  }
  const numberSteps = (steps: readonly DraftStep[], id: number, handles: number[], waits: boolean): Step[] =>
    steps.flatMap((step): Step[] => {
      switch (step.kind) {
        case 'spawn': {
          const child = number(step.child, id, handles)
          handles.push(child.id)
          return [{ kind: 'spawn', child }]
        }
        case 'fork':
          return [{ kind: 'fork', parts: step.parts.map(part => numberSteps(part, id, [], false)) }]
        case 'pause':
        case 'section':
          return [step]
        default: {
          if (handles.length === 0) return []
          const of = step.of % handles.length
          const target = facts[handles[of]!]!
          // A plain task waits for its own children alone, and catches what they throw.
          const kind = !waits && step.kind === 'result' ? 'caught' : step.kind
          if (!waits && kind !== 'kill' && (target.parent !== id || target.tree.detached)) return []
          if (kind === 'kill') target.killable = true
          else target.watched = true
          if (kind === 'caught') facts[id]!.catches = true
          if (kind === 'join') facts[id]!.leans.push(handles[of]!)
          return [{ kind, of }]
        }
      }
    })
  const root = number(draft, -1, [], true)
  settle(facts)
  return { root, facts, kill }
}

/** Whatever follows from what, until nothing more does. */
function settle(facts: readonly Facts[]): void {
  for (let changed = true; changed;) {
    changed = false
    const sum = (): number =>
      facts.reduce((all, one) => all + one.errors.size + Number(one.killable) + Number(!one.ok), 0)
    const before = sum()
    for (const [id, one] of facts.entries()) {
      const { tree: own, leans } = one
      const kin = facts.filter(({ parent, tree: child }) => parent === id && !child.detached)
      const parent = own.detached || one.parent < 0 ? undefined : facts[one.parent]!
      // A task that fails takes its children with it.
      if (parent !== undefined && (parent.killable || parent.errors.size > 0)) one.killable = true
      const pass = (other: Facts): void => {
        for (const error of other.errors) one.errors.add(error)
        if (other.killable) one.errors.add(KILLED)
      }
      if (own.throws) one.errors.add(id)
      for (const other of leans) {
        pass(facts[other]!)
        if (!facts[other]!.ok) one.ok = false
      }
      for (const child of kin) {
        if (child.tree.supervised) continue
        pass(child)
        // Nobody asks for it, so its failure is its parent's, unless that catches it in the middle of something else.
        if (!child.ok && !child.watched && !one.catches) one.ok = false
      }
      if (own.throws) one.ok = false
    }
    changed = sum() !== before
  }
}
