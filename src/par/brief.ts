import { now } from '../scheduler/clock.ts'
import { APART } from './body.ts'
import type { Draft, Result } from './draft.ts'
import { LEAST_LEAF, leafOf, middleOf } from './leaf.ts'
import { locate } from './explained.ts'
import { beginLeaf, endLeaf } from './lanes.ts'
import { type Compiled, costs, learn, type Mark } from './loop.ts'

/**
 * Milliseconds of a chain that is too short for others to help with. Twice the time between two looks at who is hungry:
 * what is known of its cost may be wrong, and nobody looks up before a brief chain is over.
 */
const BRIEF = 0.04

/** True if the chain is over before anybody could help, by what its loop has been seen to cost. */
export function isBrief({ length, settings }: Draft, { rate }: Compiled): boolean {
  return rate > 0 && length * rate < BRIEF && length <= settings.longest && length <= settings.block
}

/**
 * Runs a chain here, and does nothing but that: no plan, no job, nobody is looked for. What is sensitive to association
 * is cut and combined as the engine does it, by the length alone.
 */
export function brief(draft: Draft, { ends, parameter }: Result, compiled: Compiled): unknown {
  const { outline, sources, length, settings } = draft
  const { sink, loop } = compiled
  const mark: Mark = { at: 0 }
  const states = outline.stateful ? [] : NONE
  const begun = costs(compiled, length) ? now() : 0
  try {
    // The loop would ask for the states of a `mapInit`, though nobody needs them.
    if (length === 0) return sink.begin(parameter, compiled.ends)
    const made =
      sink.kind === 'free' || length <= LEAST_LEAF
        ? loop.call(
            APART,
            sources,
            0,
            length,
            settings.env,
            sink.begin(parameter, compiled.ends),
            parameter,
            mark,
            states,
          )
        : node({ draft, parameter, compiled, mark, states, size: leafOf(length) }, 0, length)
    if (begun > 0) learn(compiled, (now() - begun) / length)
    return made
  } catch (error) {
    throw locate(error, mark.at, [...outline.bodies, ...ends], settings.located)
  }
}

const NONE: unknown[] = []

interface Tree {
  readonly draft: Draft
  readonly parameter: unknown
  readonly compiled: Compiled
  readonly mark: Mark
  readonly states: unknown[]
  readonly size: number
}

function node(tree: Tree, lo: number, hi: number): unknown {
  const { draft, parameter, compiled, mark, states, size } = tree
  const { sink, loop, ends } = compiled
  if (hi - lo > size) {
    const middle = middleOf(lo, hi, size)
    return sink.join(node(tree, lo, middle) as never, node(tree, middle, hi) as never, ends)
  }
  const a = beginLeaf(sink, parameter, ends)
  return endLeaf(sink, loop.call(APART, draft.sources, lo, hi, draft.settings.env, a, parameter, mark, states), ends)
}
