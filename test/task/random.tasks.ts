import { fork, type Forked, invokeAll, join, scope, task, type Task } from 'filch'

import { describe, digest, middleOf, mix, problem, type Program } from './program.ts'

/** Programs (program.ts), run by tasks. */

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
    case 'deep':
      return deep(cells, program.at, program.depth)
    case 'early':
      return early(cells, program.parts)
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

/** Joins a fork in the middle: those made after it are dropped or waited for, and their joins are refused. */
const early = task((cells: Int32Array, parts: readonly Program[]): number => {
  const forks = parts.map(part => execute.fork(cells, part))
  const late = forks.splice(middleOf(parts))
  let hash = mix(9, execute.join(forks.pop()!))
  for (const forked of late) if (!isRefused(forked)) return -1
  while (forks.length > 0) hash = mix(hash, execute.join(forks.pop()!))
  return hash
})

function isRefused(forked: Forked<number>): boolean {
  try {
    execute.join(forked)
    return false
  } catch (error) {
    return (error as { code?: unknown }).code === 'ERR_FILCH_JOIN'
  }
}

/** As many joins and scopes within each other. */
const deep = task((cells: Int32Array, at: number, depth: number): number => {
  if (depth === 0) return Atomics.add(cells, at, 1) + at
  if (depth % 10 > 0) return deep.join(deep.fork(cells, at, depth - 1)) + 1
  return scope(() => deep(cells, at, depth - 1)) + 1
})

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
