import { TaskError } from '../errors.ts'
import { stack } from '../scheduler/context.ts'
import { type Frame, seal, type SlowPath, TICKETS } from '../scheduler/stack.ts'
import type { AnyFunction, TaskRecord } from '../scheduler/tasks.ts'

/**
 * The fast paths of fork and join, a pair for each task.
 *
 * V8 gathers types per function body. A pair shared by all tasks sees every kind of argument and every callee, goes
 * megamorphic and costs a multiple; so each task gets a pair of its own, made from text. Where code may not be made from
 * text (a content security policy, `--disallow-code-generation-from-strings`), closures over one body serve: correct, slower
 * (bench/fork/fib.ts prints both).
 *
 * A fork reads the want word plainly. It is a hint: a value seen late costs time alone (RELIABILITY rule 10),
 * and every fork reads it again.
 */
export interface Pair {
  fork(...args: unknown[]): number
  join(handle: number): unknown
}

/** Where a task has its pair, for code that serves all of them; `of`: what is bound to a task inherits it, and is none. */
const PAIR = Symbol('pair')
interface Equipped {
  readonly [PAIR]?: { readonly of: unknown; readonly pair: Pair }
}

export function pairOf(fn: unknown): Pair | undefined {
  const has = (fn as Equipped | null | undefined)?.[PAIR]
  return has?.of === fn ? has?.pair : undefined
}

/**
 * Gives the task its pair, and `fork` and `join`. Not as properties of its own: V8 knows by the hidden class alone what an object inherits,
 * and a task is the only one of its class, so that a caller neither loads the methods nor compares them (ADR 0003).
 */
export function equip(record: TaskRecord): void {
  const { fn } = record
  const pair = record.waits ? unforkable(record.label) : specialise(record)
  const methods: unknown = Object.create(Object.getPrototypeOf(fn), {
    fork: { value: pair.fork },
    join: { value: pair.join },
    [PAIR]: { value: { of: fn, pair } },
  })
  Object.setPrototypeOf(fn, methods as object)
}

/** A fork ends where it is joined, on somebody's stack; a generator may have to wait. */
function unforkable(label: string): Pair {
  const refuse = (): never => {
    throw new TaskError('ERR_FILCH_TASK', `${label} is a generator task, which cannot be forked. Spawn it.`)
  }
  return { fork: refuse, join: refuse }
}

export function specialise(record: TaskRecord): Pair {
  if (isFlexible(record.fn)) return flexible(record)
  try {
    // As parameters, not as constants of the text: those would be tested for having a value at each use.
    const known = { S: stack, F: stack.frames, W: stack.want, fn: record.fn, ...detour }
    // oxlint-disable-next-line typescript/no-implied-eval -- the text holds nothing of the user's
    const make = new Function(...Object.keys(known), source(record)) as (...values: unknown[]) => Pair
    return make(...Object.values(known))
  } catch (error) {
    if (error instanceof EvalError) return generic(record)
    throw error
  }
}

/** Leads from the fast paths to the slow one of the moment. By functions of their own, so that the text of a pair stays short:
 * V8 inlines a pair into its callers only as far as a budget of bytecodes goes, and past it a fork costs twice as much. */
const detour: SlowPath = {
  full: () => stack.slow.full(),
  publish: () => stack.slow.publish(),
  join: handle => stack.slow.join(handle),
  admit: (value, position) => stack.slow.admit(value, position),
}

/** Text of a pair. Every operation here is paid by every fork: see the table in bench/README.md. */
function source({ arity, index }: TaskRecord): string {
  // In a thread with a seat of its own the word stays where it is, and V8 knows its address.
  const want = stack.seated ? 'W' : 'S.want'
  const names = Array.from({ length: arity }, (_, i) => `a${i}`)
  return `'use strict'
return {
  fork(${names.join(', ')}) {
    const i = S.top + 1
    let f = F[i]
    if (f === null) f = full()
    ${names.map((a, i) => `if (typeof ${a} !== 'number') ${a} = admit(${a}, ${i})`).join('\n    ')}
    ${names.map(a => `f.${a} = ${a}`).join('\n    ')}
    f.task = ${index}
    const h = (f.ticket + 1) & ${TICKETS}
    f.ticket = h
    S.top = i
    if (${want}[0]) publish()
    return h ^ ${seal(index)}
  },
  join(h) {
    const i = S.top, f = F[i]
    if ((f.ticket ^ ${seal(index)}) !== h) return join(h)
    S.top = i - 1
    return fn(${names.map(a => `f.${a}`).join(', ')})
  },
}`
}

const { frames } = stack

/**
 * Where text may not become code: a body for each number of parameters, shared by the tasks that have as many. No rest
 * parameters and no loop over fields, which would cost several times as much.
 */
function generic(record: TaskRecord): Pair {
  const { index } = record
  const sealed = seal(index)
  const fn = record.fn as (...args: unknown[]) => unknown
  switch (record.arity) {
    case 0:
      return {
        fork: () => push(next(), index, sealed, false),
        join: h => (pop(h, sealed) === null ? stack.slow.join(h) : fn()),
      }
    case 1:
      return {
        fork: (a?: unknown) => {
          const f = next()
          f.a0 = admit(a, 0)
          return push(f, index, sealed, false)
        },
        join: h => {
          const f = pop(h, sealed)
          return f === null ? stack.slow.join(h) : fn(f.a0)
        },
      }
    case 2:
      return {
        fork: (a?: unknown, b?: unknown) => {
          const f = next()
          f.a0 = admit(a, 0)
          f.a1 = admit(b, 1)
          return push(f, index, sealed, false)
        },
        join: h => {
          const f = pop(h, sealed)
          return f === null ? stack.slow.join(h) : fn(f.a0, f.a1)
        },
      }
    case 3:
    case 4:
      return {
        fork: (a?: unknown, b?: unknown, c?: unknown, d?: unknown) => {
          const f = next()
          f.a0 = admit(a, 0)
          f.a1 = admit(b, 1)
          f.a2 = admit(c, 2)
          f.a3 = admit(d, 3)
          return push(f, index, sealed, false)
        },
        join: h => {
          const f = pop(h, sealed)
          if (f === null) return stack.slow.join(h)
          return record.arity === 3 ? fn(f.a0, f.a1, f.a2) : fn(f.a0, f.a1, f.a2, f.a3)
        },
      }
    default:
      return flexible(record)
  }
}

function next(): Frame {
  return frames[stack.top + 1] ?? stack.slow.full()
}

function admit(value: unknown, position: number): unknown {
  return typeof value === 'number' ? value : stack.slow.admit(value, position)
}

/** Takes the newest fork off the stack if it is the one that the handle names. */
function pop(handle: number, sealed: number): Frame | null {
  const { top } = stack
  const frame = frames[top]!
  if ((frame.ticket ^ sealed) !== handle) return null
  stack.top = top - 1
  return frame
}

/** For a function with optional or rest parameters: how many arguments there are matters, so they are kept as an array. */
function flexible({ index }: TaskRecord): Pair {
  return {
    fork: (...args) => {
      const frame = next()
      frame.rest = args.map((value, i) => stack.slow.admit(value, i))
      return push(frame, index, seal(index), true)
    },
    join: handle => stack.slow.join(handle),
  }
}

function push(frame: Frame, index: number, sealed: number, inverted: boolean): number {
  const ticket = (frame.ticket + 1) & TICKETS
  frame.task = index
  frame.ticket = inverted ? ~ticket : ticket
  stack.top++
  if (stack.want[0] !== 0) stack.slow.publish()
  return ticket ^ sealed
}

/**
 * True if the parameters hold a default or a rest: then `fn.length` does not say how many arguments there may be. A `=` or
 * `...` anywhere between the parentheses counts, so the answer errs on the slow side only.
 */
function isFlexible(fn: AnyFunction): boolean {
  const text = Function.prototype.toString.call(fn).replace(/\/\*[^]*?\*\/|\/\/.*/g, '')
  if (/\barguments\b/.test(text)) return true
  if (/^[\w$]+\s*=>/.test(text)) return false
  let depth = 0
  for (let i = text.indexOf('('); i >= 0 && i < text.length; i++) {
    const c = text[i]!
    if (c === '=' || (c === '.' && text.startsWith('...', i))) return true
    if ('([{'.includes(c)) depth++
    if (')]}'.includes(c) && --depth === 0) return false
  }
  return true
}
