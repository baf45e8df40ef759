import { NotSendableError } from '../errors.ts'

/**
 * Thrown inside the room where a value cannot cross; becomes a `NotSendableError` at its edge. It is not an Error, so
 * that an error whose properties are tried one by one pays for no stack traces, and it gathers the path on its way out,
 * so that a value that does cross pays for no path.
 */
export class Refusal {
  path = ''
  readonly what: string
  readonly hint: string
  /** Too deep: its path would be a page long, and only the root is named. */
  readonly #deep: boolean

  constructor(what: string, hint: string, deep = false) {
    this.what = what
    this.hint = hint
    this.#deep = deep
  }

  /** Not by `instanceof`: what a getter throws may be a Proxy, which must not be asked for its prototype. */
  static is(thrown: unknown): thrown is Refusal {
    return typeof thrown === 'object' && thrown !== null && #deep in thrown
  }

  /** `thrown`, with one more step in front of its path. */
  static within(thrown: unknown, step: string): unknown {
    if (Refusal.is(thrown) && !thrown.#deep) thrown.path = step + thrown.path
    return thrown
  }
}

export function keyStep(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

/** What leaves the room for `thrown`. What a user's getter threw leaves as it is. */
export function refused(thrown: unknown, root: string): unknown {
  const refusal = asRefusal(thrown)
  return refusal ? new NotSendableError(root + refusal.path, refusal.what, refusal.hint) : thrown
}

/** The refusal that `thrown` is or, where the stack was too short for our own bound on depth, stands for. */
export function asRefusal(thrown: unknown): Refusal | undefined {
  if (Refusal.is(thrown)) return thrown
  return isOverflow(thrown) ? tooDeep() : undefined
}

export const UNREADABLE = '[not sent: reading it threw]'

/** One line for a property of an error that could not cross. Touches nothing of the user's. */
export function inWords(thrown: unknown): string {
  const refusal = asRefusal(thrown)
  return refusal ? `[not sent: ${refusal.path}${refusal.path && ' is '}${refusal.what}]` : UNREADABLE
}

export function tooDeep(): Refusal {
  return new Refusal('nested too deeply', 'Send a flatter value, such as an array of nodes.', true)
}

export function tooLarge(what: string): Refusal {
  return new Refusal(`${what}, too large to copy`, 'Share it in a SharedArrayBuffer.')
}

/** For what only one may have, in a message that several read. */
export function unsharable(value: object): Refusal {
  return new Refusal(
    `${className(value)}, which one alone may have`,
    'Give it as an argument, or send it through a channel.',
  )
}

/** For what lies in the memory of one pool, in a message of another. */
export function foreign(value: object): Refusal {
  return new Refusal(
    `${className(value)} of another pool`,
    'Make it where it is used: in a task, or outside with { pool }, or by a method of that pool.',
  )
}

/** For a function, symbol or object that has no way across. */
export function unsendable(value: unknown, isImpostor = false): Refusal {
  if (typeof value === 'function') {
    return new Refusal('a function that is not a task', 'Declare it with task(), or send data.')
  }
  if (typeof value === 'symbol') return new Refusal('a symbol', 'Send a string instead.')
  const name = className(value as object)
  const what = isImpostor ? `not a true ${name}, but a Proxy or an imitation` : `an instance of ${name}`
  return new Refusal(what, 'Send its data as a plain object, array or Map.')
}

function className(object: object): string {
  try {
    const name: unknown = object.constructor?.name
    // The constructor of a generator has no name.
    return typeof name === 'string' && name ? name : Object.prototype.toString.call(object).slice(8, -1)
  } catch {
    return 'object'
  }
}

function isOverflow(thrown: unknown): boolean {
  try {
    // V8 and JavaScriptCore say "call stack", SpiderMonkey "too much recursion".
    return thrown instanceof Error && /call stack|much recursion/.test(thrown.message)
  } catch {
    return false
  }
}
