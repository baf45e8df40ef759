/**
 * How thrown values cross. An error arrives with its class, message, stack, cause and own properties, and it always
 * arrives: what cannot cross of it is replaced by a line that says so, and nothing that its getters throw gets out.
 *
 * The class goes by name. Built-in and filch's own are known; a user's class is known after `registerError`, in every
 * thread that loads the module which calls it. An error of an unknown class arrives as its nearest known ancestor, with
 * its `name` kept.
 */
import * as filch from '../errors.ts'
import { UNREADABLE } from './refusal.ts'

export type ErrorClass = abstract new (...args: never[]) => Error

/** Key, value, enumerable. */
export type Property = readonly [key: string, value: unknown, visible: boolean]

/** Its message and name have no setters: they are given to the constructor, the only one that is ever called. */
const DOM_EXCEPTION = 'DOMException'

/** Own properties that cross although they are not enumerable. */
const HIDDEN = ['name', 'message', 'stack', 'cause', 'errors', 'error', 'suppressed']

const byName = new Map<string, ErrorClass>()
const byPrototype = new Map<unknown, string>()

const BUILT_IN =
  'Error,EvalError,RangeError,ReferenceError,SyntaxError,TypeError,URIError,AggregateError,SuppressedError'
for (const name of [...BUILT_IN.split(','), DOM_EXCEPTION]) {
  const Class = (globalThis as unknown as Record<string, ErrorClass | undefined>)[name]
  if (Class) add(Class, name)
}
// By export name, which survives minification, where a class's own name may not.
for (const [name, Class] of Object.entries(filch)) {
  if (Class.prototype instanceof Error) add(Class as unknown as ErrorClass, name)
}

function add(Class: ErrorClass, name: string): void {
  byName.set(name, Class)
  byPrototype.set(Class.prototype, name)
}

/**
 * Makes errors of `Class` keep their class when they cross. Call it where the class is declared, so that each thread
 * that can throw or catch it has called it. `name` tells classes apart; give it if your bundler renames classes.
 *
 * The arriving error is made without running the constructor: it has the prototype and the own properties, and private
 * `#fields` are missing.
 *
 * @example
 * ```ts
 * import { rejects } from 'node:assert/strict'
 * import { registerError, run, task } from 'filch'
 *
 * export class TooCold extends Error {}
 * registerError(TooCold)
 *
 * export const thaw = task((degrees: number) => {
 *   if (degrees < 0) throw new TooCold(`${degrees} degrees`)
 * })
 *
 * if (import.meta.main) await rejects(run(thaw, -3), TooCold)
 * ```
 */
export function registerError(Class: ErrorClass, name: string = Class.name): void {
  if (!(Class.prototype instanceof Error)) {
    throw new filch.OptionError('registerError: the class', Class, 'Give it a class that extends Error.')
  }
  const known = byName.get(name)
  if (known !== undefined && known !== Class) {
    const hint = 'Another class has that name already; give each its own: registerError(Class, name).'
    throw new filch.OptionError('registerError: the name', name, hint)
  }
  add(Class, name)
}

/** An error taken apart. Runs the user's getters and traps, and throws nothing. */
export function dissect(error: Error): { name: string; made: string[]; properties: Property[] } {
  const name = knownName(error)
  const made = name === DOM_EXCEPTION ? [text(error, 'message'), text(error, 'name')] : []
  const expected = byName.get(name)?.prototype as Error
  const properties: Property[] = []
  // These three may be inherited: from a class's prototype, or from a getter on it.
  for (const key of new Set([...ownKeys(error), 'name', 'message', 'stack'])) {
    if (made.length > 0 && (key === 'name' || key === 'message')) continue
    const own = attempt(() => Object.getOwnPropertyDescriptor(error, key), undefined)
    const value = read(error, key)
    if (own ? own.enumerable || HIDDEN.includes(key) : value !== read(expected, key)) {
      properties.push([key, value, own?.enumerable === true])
    }
  }
  return { name, made, properties }
}

/** The error to be filled with properties. `made` is read from the message only if the class needs it. */
export function assemble(name: string, made: () => string): Error {
  if (name === DOM_EXCEPTION) return new DOMException(made(), made())
  const Class = byName.get(name)
  const error = Reflect.construct(Error, [], Class ?? Error) as Error
  if (Class === undefined) define(error, 'name', name, false)
  return error
}

/** Never an assignment: the key may be `__proto__`, and `stack` has a setter in some engines. */
export function define(object: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, key, { value, enumerable, configurable: true, writable: true })
}

function knownName(error: Error): string {
  return attempt(() => {
    let prototype: unknown = error
    // A Proxy can have a prototype chain without end.
    for (let i = 0; i < 100 && prototype !== null; i++) {
      prototype = Object.getPrototypeOf(prototype)
      const name = byPrototype.get(prototype)
      if (name !== undefined) return name
    }
    return 'Error'
  }, 'Error')
}

function ownKeys(error: Error): string[] {
  return attempt(() => Reflect.ownKeys(error).filter(key => typeof key === 'string'), [])
}

function read(error: Error, key: string): unknown {
  return attempt(() => (error as unknown as Record<string, unknown>)[key], UNREADABLE)
}

function text(error: Error, key: string): string {
  const value = read(error, key)
  return typeof value === 'string' ? value : ''
}

function attempt<T>(action: () => T, otherwise: T): T {
  try {
    return action()
  } catch {
    return otherwise
  }
}
