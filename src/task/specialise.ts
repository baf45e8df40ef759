import { stack } from '../scheduler/context.ts'
import { invoke, type Stack, TICKETS } from '../scheduler/stack.ts'
import type { AnyFunction, TaskRecord } from '../scheduler/tasks.ts'

/**
 * The fast paths of fork and join, a pair for each task.
 *
 * V8 gathers types per function body. A pair shared by all tasks sees every kind of argument and every callee, goes
 * megamorphic and costs a multiple; so each task gets a pair of its own, made from text. Where code may not be made from
 * text (a content security policy, `--disallow-code-generation-from-strings`), closures over one body serve: correct, slower
 * (bench/fork/fib.ts prints both).
 *
 * A fork reads `stack.words[stack.want]` plainly. It is a hint: a value seen late costs time alone (RELIABILITY rule 10),
 * and every fork reads it again.
 */
export interface Pair {
  fork(...args: unknown[]): number
  join(ticket: number): unknown
}

type Make = (stack: Stack, fn: AnyFunction, index: number, spread: typeof forkSpread) => Pair

export function specialise(record: TaskRecord): Pair {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- the text holds nothing of the user's
    const make = new Function('S', 'fn', 'index', 'spread', source(record.arity)) as Make
    return make(stack, record.fn, record.index, forkSpread)
  } catch (error) {
    if (error instanceof EvalError) return generic(record)
    throw error
  }
}

/** Text of a pair for `arity` parameters. `frames` never changes identity, so it may be a constant of the pair. */
function source(arity: number): string {
  const names = Array.from({ length: arity }, (_, i) => `a${i}`)
  const list = names.join(', ')
  return `
const frames = S.frames
return {
  fork(${list}) {
    if (arguments.length !== ${arity}) return spread(index, arguments)
    const d = S.depth
    if (d === S.limit) S.slow.full()
    ${names.map((a, i) => `if (typeof ${a} !== 'number') ${a} = S.slow.admit(${a}, ${i})`).join('\n    ')}
    const f = frames[d]
    ${names.map(a => `f.${a} = ${a}`).join('\n    ')}
    f.task = index
    const h = (S.seq + 1) & ${TICKETS}
    S.seq = h
    f.ticket = h
    S.depth = d + 1
    if (S.words[S.want] !== 0) S.slow.publish()
    return h
  },
  join(h) {
    const d = S.depth - 1
    const f = frames[d]
    if (f.ticket !== h || f.task !== index) return S.slow.join(h)
    S.depth = d
    return fn(${names.map(a => `f.${a}`).join(', ')})
  },
}`
}

/** A fork with more or fewer arguments than the task has parameters: they are kept as an array. */
export function forkSpread(index: number, args: ArrayLike<unknown>): number {
  const S = stack
  if (S.depth === S.limit) S.slow.full()
  const rest = Array.from(args, (value, i) => S.slow.admit(value, i))
  const frame = S.frames[S.depth]!
  frame.rest = rest
  frame.slot = 0
  frame.task = index
  const ticket = (S.seq + 1) & TICKETS
  S.seq = ticket
  frame.ticket = ~ticket
  S.depth++
  if (S.words[S.want] !== 0) S.slow.publish()
  return ticket
}

function generic(record: TaskRecord): Pair {
  const { index, arity, fn } = record
  return {
    fork: (...args) => {
      if (args.length !== arity) return forkSpread(index, args)
      const S = stack
      if (S.depth === S.limit) S.slow.full()
      const frame = S.frames[S.depth]!
      const fields = frame as unknown as Record<string, unknown>
      for (let i = 0; i < arity; i++) fields[`a${i}`] = S.slow.admit(args[i], i)
      frame.task = index
      const ticket = (S.seq + 1) & TICKETS
      S.seq = ticket
      frame.ticket = ticket
      S.depth++
      if (S.words[S.want] !== 0) S.slow.publish()
      return ticket
    },
    join: ticket => {
      const S = stack
      const frame = S.frames[S.depth - 1]!
      if (frame.ticket !== ticket || frame.task !== index) return S.slow.join(ticket)
      S.depth--
      return invoke(fn, arity, frame)
    },
  }
}
