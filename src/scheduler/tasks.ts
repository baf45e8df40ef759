import { TaskError } from '../errors.ts'

/** Any function with positional parameters; what it takes is known only where it is declared. */
export type AnyFunction = (...args: never[]) => unknown

/** What this thread knows of a task. */
export interface TaskRecord {
  readonly fn: AnyFunction
  /** Place in this thread's list, in the order of declaration: what a frame holds. */
  readonly index: number
  /** Parameters counted by `fn.length`: how many a frame holds in fields. */
  readonly arity: number
  /** URL of the module that declares it. */
  readonly url: string
  /** `name (task n of module)`, for messages. */
  readonly label: string
  /** Name hashed to 64 bits, no half 0. */
  readonly key: readonly [number, number]
  /** Hash of the source text, not 0. */
  readonly source: number
  /** A generator: it waits without a stack. */
  readonly waits: boolean
}

const records: TaskRecord[] = []
const byFunction = new WeakMap<AnyFunction, TaskRecord>()
const byKey = new Map<string, TaskRecord>()

/** Adds a task to this thread's list. `name` is the module's URL and the ordinal in it. */
export function enlist(fn: AnyFunction, url: string, ordinal: string): TaskRecord {
  const name = `${url}#${ordinal}`
  const key = [hash(name, 0x811c9dc5), hash(name, 0x2545f491)] as const
  const label = `${fn.name || '(anonymous)'} (task ${ordinal} of ${url})`
  if (byKey.has(key.join())) {
    throw new TaskError('ERR_FILCH_TASK_TWICE', `The task ${label} is declared twice.`)
  }
  const source = hash(Function.prototype.toString.call(fn), 0x811c9dc5)
  const waits = Object.prototype.toString.call(fn) === '[object GeneratorFunction]'
  const record: TaskRecord = { fn, index: records.length, arity: fn.length, url, label, key, source, waits }
  records.push(record)
  byFunction.set(fn, record)
  byKey.set(key.join(), record)
  return record
}

export function recordOf(fn: AnyFunction): TaskRecord | undefined {
  return byFunction.get(fn)
}

export function recordAt(index: number): TaskRecord {
  return records[index]!
}

export function recordByKey(key: readonly [number, number]): TaskRecord | undefined {
  return byKey.get(key.join())
}

/** FNV-1a (Fowler, Noll, Vo), 32 bits, with a finalizer; never 0. */
function hash(text: string, seed: number): number {
  let h = seed
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  return h === 0 ? 1 : h
}
