import { fork, type Forked, invokeAll, join, scope, task, type Task } from 'filch'

/**
 * Programs of forks, joins and scopes, described by plain data: what the tasks make of one must be what an interpreter
 * without tasks makes of it (random.test.ts). Each leaf has a number, and marks its cell when it runs.
 */
export type Program =
  | { readonly kind: 'leaf'; readonly at: number; readonly value: unknown; readonly spin: number }
  | { readonly kind: 'throw'; readonly at: number; readonly what: number }
  | {
      readonly kind: 'fork' | 'generic' | 'all' | 'scope' | 'mixed' | 'catch' | 'abandon'
      readonly parts: readonly Program[]
    }

export type Primitive = string | number | bigint | boolean | undefined

export function plain(value: Primitive): string {
  return String(value)
}

/** FNV-1a over the text of a value: kinds, keys in order, -0 and all. */
export function digest(value: unknown): number {
  let hash = 0x811c9dc5
  const text = (chars: string): void => {
    for (let i = 0; i < chars.length; i++) hash = Math.imul(hash ^ chars.charCodeAt(i), 0x01000193)
  }
  const walk = (part: unknown): void => {
    text(typeof part)
    if (part === null) text('null')
    else if (typeof part !== 'object') text(Object.is(part, -0) ? '-0' : plain(part as Primitive))
    else if (part instanceof Map) for (const entry of part) walk(entry)
    else if (part instanceof Set) for (const entry of part) walk(entry)
    else if (part instanceof Date) text(`date ${part.getTime()}`)
    else if (part instanceof RegExp) text(`pattern ${part.source} ${part.flags}`)
    else if (ArrayBuffer.isView(part)) text(`${part.constructor.name} ${[...(part as Uint8Array)].join()}`)
    else if (Array.isArray(part)) {
      text(`[${part.length}`)
      for (let i = 0; i < part.length; i++) if (i in part) walk([i, part[i]].at(1))
    } else {
      for (const [key, inner] of Object.entries(part)) {
        text(key)
        walk(inner)
      }
    }
    text(';')
  }
  walk(value)
  return hash
}

export function mix(hash: number, other: number): number {
  return Math.imul(hash ^ other, 0x01000193) ^ (hash >>> 7)
}

export function problem(what: number): unknown {
  const problems = [
    new RangeError(`problem ${what}`),
    Object.assign(new TypeError(`problem ${what}`), { code: what }),
    new Error(`problem ${what}`, { cause: { what } }),
    `problem ${what}`,
    null,
    { what },
  ]
  return problems[what % problems.length]
}

export const leaf = task((cells: Int32Array, at: number, value: unknown, spin: number): number => {
  Atomics.add(cells, at, 1)
  for (let i = 0; i < spin; i++) Atomics.load(cells, at)
  return digest(value)
})

export const fail = task((cells: Int32Array, at: number, what: number): never => {
  Atomics.add(cells, at, 1)
  throw problem(what)
})

export const execute = task((cells: Int32Array, program: Program): number => {
  switch (program.kind) {
    case 'leaf':
      return leaf.join(leaf.fork(cells, program.at, program.value, program.spin))
    case 'throw':
      return fail(cells, program.at, program.what)
    case 'catch':
      return caught(cells, program.parts)
    case 'fork':
      return forked(cells, program.parts)
    case 'generic':
      return generic(cells, program.parts)
    case 'mixed':
      return mixed(cells, ...program.parts)
    case 'all':
      return invokeAll(...program.parts.map(part => [execute, cells, part] as const)).reduce(mix, 3)
    case 'scope':
      return scoped(cells, program.parts)
    default:
      return abandoned(cells, program.parts)
  }
})

/** Forks all but the first, newest joined first. */
const forked = task((cells: Int32Array, parts: readonly Program[]): number => {
  const forks = parts.slice(1).map(part => execute.fork(cells, part))
  let hash = mix(1, execute(cells, parts[0]!))
  while (forks.length > 0) hash = mix(hash, execute.join(forks.pop()!))
  return hash
})

const generic = task((cells: Int32Array, parts: readonly Program[]): number => {
  const forks: Forked<number>[] = []
  for (const part of parts.slice(1)) forks.push(fork(execute as Task<typeof execute>, cells, part))
  let hash = mix(2, execute(cells, parts[0]!))
  while (forks.length > 0) hash = mix(hash, join(forks.pop()!))
  return hash
})

/** Forks of several tasks by turns; rest parameters. */
const mixed = task((cells: Int32Array, ...parts: readonly Program[]): number => {
  const forks: Forked<number>[] = []
  for (const [i, part] of parts.entries()) {
    forks.push(i % 2 === 0 ? execute.fork(cells, part) : forked.fork(cells, [part]))
  }
  let hash = 4
  for (let i = forks.length - 1; i >= 0; i--) hash = mix(hash, join(forks[i]!))
  return hash
})

const put = task((cells: Int32Array, part: Program, sums: Int32Array): void => {
  Atomics.add(sums, 0, execute(cells, part))
})

const scoped = task((cells: Int32Array, parts: readonly Program[]): number => {
  const sums = new Int32Array(new SharedArrayBuffer(4))
  scope(s => {
    for (const part of parts) s.spawn(put, cells, part, sums)
  })
  return mix(5, sums[0]!)
})

const caught = task((cells: Int32Array, parts: readonly Program[]): number => {
  try {
    return mix(6, forked(cells, parts))
  } catch (error) {
    return mix(7, digest(describe(error)))
  }
})

/** Forks that are passed over: the older one is joined, and they are dropped or waited for. */
const abandoned = task((cells: Int32Array, parts: readonly Program[]): number => {
  const older = execute.fork(cells, parts[0]!)
  for (const part of parts.slice(1)) execute.fork(cells, part)
  return mix(8, execute.join(older))
})

export function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return ['thrown', error]
  return [error.name, error.message, (error as { code?: unknown }).code, error.cause]
}

/** A binary tree of forks that throws at leaves and catches on the way, by chance; counts the forks that it makes in cell 0. */
export const stormy = task((cells: Int32Array, depth: number, seed: number): number => {
  if (depth === 0) {
    if (seed % 11 === 0) throw new RangeError(`leaf ${seed}`)
    return 1
  }
  const next = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
  Atomics.add(cells, 0, 1)
  if (next % 3 > 0) return stormy.join(stormy.fork(cells, depth - 1, next)) + quiet(cells, depth - 1, next >> 3)
  try {
    const right = stormy.fork(cells, depth - 1, next >> 2)
    return stormy(cells, depth - 1, next >> 5) + stormy.join(right)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return 0
  }
})

const quiet = task((cells: Int32Array, depth: number, seed: number): number => {
  try {
    return stormy(cells, depth, seed)
  } catch {
    return 0
  }
})
