import { show, TaskError } from '../errors.ts'
import { type AnyFunction, recordOf } from '../scheduler/tasks.ts'

/**
 * A function that a chain calls for its elements, in the form in which it crosses threads: its source text, or itself
 * if it is a task. Text is what lets every chain have a loop of its own, with the body inlined in it (loop.ts); the
 * price is that it sees nothing of where it was written.
 */
export type Body = string | AnyFunction

/** Built-in functions that can be named: their text says nothing. */
const named = new Map<unknown, string>()
for (const holder of ['Math', 'Number', 'String', 'BigInt', 'Object', 'Array']) {
  const object = (globalThis as unknown as Record<string, object>)[holder]!
  for (const key of Object.getOwnPropertyNames(object)) {
    const value: unknown = Object.getOwnPropertyDescriptor(object, key)?.value
    if (typeof value === 'function' && /^[a-z]\w*$/i.test(key)) named.set(value, `${holder}.${key}`)
  }
}
for (const name of ['Number', 'String', 'Boolean', 'BigInt', 'parseInt', 'parseFloat', 'isNaN', 'isFinite']) {
  named.set((globalThis as unknown as Record<string, unknown>)[name], name)
}

/** `fn` as it crosses threads. `what` names the place in errors: `map`. */
export function bodyOf(fn: unknown, what: string): Body {
  if (typeof fn !== 'function') refuse(what, show(fn), 'Give it a function.')
  const f = fn as AnyFunction
  // Every task has a `fork`; to ask for that first spares the search.
  if ((f as { fork?: unknown }).fork !== undefined && recordOf(f) !== undefined) return f
  const text = Function.prototype.toString.call(f)
  // What was looked at once is known by its text.
  const at = text.length & (LATEST - 1)
  const known = latest[at]
  if (known === text) return known
  if (plain.has(text)) return (latest[at] = text)
  const name = named.get(f)
  // As an arrow: `parseInt` would take the index for a radix otherwise.
  if (name !== undefined) {
    const names = ['a', 'b'].slice(0, Math.min(2, Math.max(1, f.length))).join(', ')
    return name === 'parseInt' ? 'a => parseInt(a)' : `(${names}) => ${name}(${names})`
  }
  const kind = Object.prototype.toString.call(f)
  if (kind !== '[object Function]') {
    refuse(what, `${show(f)}, which is async or a generator`, 'A body runs to its end: give it a plain function.')
  }
  if (text.startsWith('class')) refuse(what, `${show(f)}, which is a class`, 'Wrap it: x => new Name(x) in a task.')
  if (/\{\s*\[native code\]\s*\}$/.test(text)) {
    const hint = `Its text says nothing. Wrap it in an arrow function, or make what it does a task: ${what}(task).`
    refuse(what, `${show(f)}, which is native or bound`, hint)
  }
  if (plain.size === MOST_FUNCTIONS) plain.clear()
  plain.add(text)
  return (latest[at] = text)
}

/** Texts of functions that may be bodies. */
const plain = new Set<string>()
/**
 * Those met last, by their length: to hash a text, which is a new one each time, takes four times as long as to compare it
 * with one. And it is the same text then: who compares it next sees that at once.
 */
const LATEST = 64
const latest: string[] = Array.from({ length: LATEST }, () => '')
const MOST_FUNCTIONS = 500

function refuse(what: string, got: string, hint: string): never {
  throw new TaskError('ERR_FILCH_BODY', `${what} got ${got}. ${hint}`)
}

/**
 * The same function, made of its text where nothing is in reach but what is global. Throws EvalError where that is
 * forbidden.
 */
export function revive(body: Body, mark: string): AnyFunction {
  if (typeof body === 'function') return body
  // The mark keeps V8 from giving the loops of two chains one body, whose types they would both feed (loop.ts).
  // A method's text is one only in an object.
  return make(`${mark}return (${body}\n)`) ?? make(`${mark}return Object.values({${body}\n})[0]`) ?? unreadable(body)
}

function make(text: string): AnyFunction | undefined {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- the user's own text, in the user's own process
    return (new Function(`'use strict';${text}`) as () => AnyFunction)()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function unreadable(body: string): never {
  refuse('A chain', `a function whose text cannot be read by itself: ${show(body)}`, 'Give it an arrow function.')
}

const loops = new Map<unknown, Map<Body, unknown>>()

/**
 * What `make` makes of the function, with feedback of V8's own: `make` gives loops that call it, uses nothing else, and
 * is made anew from its text for each function. `original` serves where text may not run.
 */
export function specialised<F extends AnyFunction, R>(make: (fn: F) => R, body: Body, original?: F): R {
  if (!textMayRun()) return make((typeof body === 'function' ? body : original) as F)
  let made = loops.get(make)
  if (made === undefined) loops.set(make, (made = new Map()))
  if (!made.has(body)) {
    if (made.size === MOST_FUNCTIONS) made.clear()
    const mark = `/* loop ${marks++} */`
    const again = revive(make.toString(), mark) as unknown as (fn: AnyFunction) => R
    made.set(body, again(revive(body, mark)))
  }
  return made.get(body) as R
}

/**
 * `loop.call(APART, …)` calls a long loop so that V8 does not copy it into its caller: it does so only where it has seen
 * which function is called, and here it sees `call`. In the caller, among all that is kept there, the same loop took
 * half as long again, and up to five times as long for as long as V8 had not made up its mind about the whole.
 */
export const APART = undefined

/** What `make` makes, anew for each class of array: V8 learns about one at a time. */
export function ofKind<R>(make: () => R, array: object): R {
  return specialised<AnyFunction, R>(make, `() => '${array.constructor.name}'`)
}

let marks = 0

const functions = new Map<string, AnyFunction>()

/** The same, kept for the next time. */
export function functionOf(body: Body): AnyFunction {
  if (typeof body === 'function') return body
  const known = functions.get(body)
  if (known !== undefined) return known
  const made = revive(body, '')
  if (functions.size === MOST_FUNCTIONS) functions.delete(functions.keys().next().value!)
  functions.set(body, made)
  return made
}

let allowed: boolean | undefined

/** False under a content security policy, or a flag, that forbids to make code from text. */
export function textMayRun(): boolean {
  if (allowed !== undefined) return allowed
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- an empty function
    allowed = typeof new Function('') === 'function'
  } catch (error) {
    if (!(error instanceof EvalError)) throw error
    allowed = false
  }
  return allowed
}

/**
 * A ReferenceError of a body that was made from its text, as an error that says what to do: in a chain there is `with`.
 * Anything else as it is.
 */
export function explain(error: unknown, bodies: readonly Body[], chain = true): unknown {
  if (!(error instanceof ReferenceError)) return error
  const name = /^(?<name>[\p{ID_Continue}$]+) is not defined$/u.exec(error.message)?.groups?.['name']
  const owner = bodies.find(body => typeof body === 'string' && name !== undefined && body.includes(name))
  if (name === undefined || owner === undefined) return error
  return new TaskError(
    'ERR_FILCH_FREE_VARIABLE',
    `${name} is not known in the function ${show(owner)}: it travels to other threads as text, without the variables around it. ` +
      (chain
        ? `Give it along: par(source).with({ ${name} }).map((x, { ${name} }) => …). If ${name} is a function, make it a task at ` +
          `the top level of its module and give it with .with({ ${name} }), or write it inside the body.`
        : `Write it inside the function, or give a task, which may use all of its module.`),
    { cause: error },
  )
}
