import { allocate, isShared, kindOf, type Numbers, toShared } from '../data/kinds.ts'
import type { AnyFunction } from '../scheduler/tasks.ts'
import { currentWorker } from '../scheduler/worker.ts'
import { textMayRun } from './body.ts'
import { brief, isBrief } from './brief.ts'
import type { Draft, Entry, Result } from './draft.ts'
import { evaluate } from './engine.ts'
import { type Compiled, compile } from './loop.ts'
import { inside } from './outside.ts'
import { ownTask } from './own.ts'
import type { Plan } from './shape.ts'

/**
 * Runs the chain: here, or by the pool, and then returns a promise. No closure in it: what one sees has to be kept in
 * memory from the beginning, whether it is made or not.
 */
export function end(draft: Draft, result: Result): unknown {
  if (draft.settings.entry !== undefined) return elsewhere(draft, result, draft.settings.entry)
  if (currentWorker() === undefined) return outside(draft, result)
  const compiled = draft.outline.loop(result.sink, result.ends)
  const made =
    compiled !== undefined && isBrief(draft, compiled) ? brief(draft, result, compiled) : long(draft, result, compiled)
  return finished(result, made)
}

function finished({ finish }: Result, made: unknown): unknown {
  return finish === undefined ? made : finish(made as never)
}

async function elsewhere(draft: Draft, result: Result, entry: Entry): Promise<unknown> {
  return finished(result, await sent(planOf(draft, result, entry.counted), entry))
}

function outside(draft: Draft, result: Result): unknown {
  return finished(
    result,
    inside(() => long(draft, result, draft.outline.loop(result.sink, result.ends))),
  )
}

/** A chain that others may help with, or of which nothing is known yet. */
function long(draft: Draft, result: Result, known: Compiled | undefined): unknown {
  const { sink, ends, originals } = result
  const plan = planOf(draft, result, false)
  if (known !== undefined) return evaluate(plan, known)
  const bodies: AnyFunction[] = []
  for (let at = draft.written; at !== undefined; at = at.before) bodies.unshift(at.fn)
  const compiled = compile(plan, { bodies, ends: originals })
  // Two closures of one text differ in what they have captured, so what is made of them is not kept.
  if (textMayRun()) draft.outline.keep(sink, ends, compiled)
  return evaluate(plan, compiled)
}

function planOf({ outline, sources, length, settings }: Draft, result: Result, counted: boolean): Plan {
  const { sink, ends, parameter } = result
  const { stages, bodies, bound } = outline
  const { env, shortest, longest, block, located } = settings
  return {
    sources,
    stages,
    bodies,
    env,
    bound,
    shortest,
    longest,
    block,
    length,
    located,
    sink,
    ends,
    parameter,
    flags: null,
    counted,
  }
}

const whole = ownTask((plan: Plan): unknown => evaluate(plan))

/** The same by a pool: what is not shared is copied. */
async function sent(plan: Plan, entry: Entry): Promise<unknown> {
  const target = plan.sink === 'into' ? (plan.parameter as Numbers) : undefined
  const other = target !== undefined && !isShared(target) ? allocate(kindOf(target)!, target.length) : undefined
  const sources = plan.sources.map(source =>
    kindOf(source.data) === undefined ? source : { ...source, data: toShared(source.data as Numbers) },
  )
  const made = await entry.run(whole as never, { ...plan, sources, parameter: other ?? plan.parameter } as never)
  if (other !== undefined) target!.set(other.subarray(0, plan.length) as never)
  return made
}
