import { join, poolSize, type Pool, registerError, type Scope, scope, task } from 'filch'

import { fib } from '../pool/basic.tasks.ts'
import { plain, type Primitive } from './program.ts'

/** Everything that can be thrown, and what is to be seen of it after it has crossed. */

export class Registered extends TypeError {
  readonly code = 'E_REGISTERED'
  readonly detail = { list: [1, 2] }
}
registerError(Registered)

class Unknown extends RangeError {
  override readonly name = 'Unknown'
  readonly more = 5
}

const hostile = (): never => {
  throw new Error('from a trap')
}

const makers: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  undefined: () => undefined,
  number: () => Number.NaN,
  string: () => 'text',
  boolean: () => false,
  bigint: () => 10n ** 20n,
  object: () => ({ status: 404, list: [1] }),
  symbol: () => Symbol('s'),
  function: () => () => 1,
  promise: () => Promise.resolve(1),
  instance: () => new (class Odd {})(),
  error: () => new Error('plain', { cause: { why: 'because' } }),
  typeError: () => new TypeError('typed'),
  frozen: () => Object.freeze(new RangeError('frozen')),
  cyclic: () => {
    const error = new Error('cyclic')
    error.cause = error
    return error
  },
  cyclicPair: () => {
    const error = new Error('one')
    error.cause = new Error('two', { cause: error })
    return error
  },
  aggregate: () => new AggregateError([new TypeError('a'), null, 'b'], 'many'),
  dom: () => new DOMException('dom', 'DataCloneError'),
  registered: () => new Registered('mine'),
  unknown: () => new Unknown('theirs'),
  system: () => Object.assign(new Error('no file'), { code: 'ENOENT', errno: -2 }),
  property: () => Object.assign(new Error('with a function'), { fn: () => 1, kept: 1 }),
  getter: () => Object.defineProperty(new Error(''), 'message', { get: hostile }),
  proxy: () =>
    new Proxy(new Error('hidden'), { get: hostile, ownKeys: hostile, getOwnPropertyDescriptor: hostile, has: hostile }),
  proxyOfAll: () => new Proxy({}, { get: hostile, ownKeys: hostile, getPrototypeOf: hostile }),
  revoked: () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
}

export const kinds: readonly string[] = Object.keys(makers)

export const raise = task((kind: string): unknown => {
  throw makers[kind]!()
})

/** Says that it has begun, then throws. */
export const raiseAtGate = task(function raiseAtGate(kind: string, gate: Int32Array): unknown {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
  throw makers[kind]!()
})

function awaitTheft(gate: Int32Array): void {
  if (poolSize() > 1) while (Atomics.load(gate, 0) === 0) Atomics.wait(gate, 0, 0)
}

/** The error of a stolen fork goes through its join and out of the run. */
export const passOn = task((kind: string, gate: Int32Array): unknown => {
  const forked = raiseAtGate.fork(kind, gate)
  awaitTheft(gate)
  return join(forked)
})

/** The error of a stolen fork is caught, and told. */
export const tell = task((kind: string, gate: Int32Array): unknown => {
  const forked = raiseAtGate.fork(kind, gate)
  awaitTheft(gate)
  try {
    return { returned: join(forked) }
  } catch (error) {
    return seen(error)
  }
})

export const tellStack = task(function tellStack(gate: Int32Array): unknown {
  const forked = raiseAtGate.fork('error', gate)
  awaitTheft(gate)
  try {
    return join(forked)
  } catch (error) {
    return (error as Error).stack
  }
})

/** What can be said of a caught value in plain data. */
export function seen(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) {
    if (typeof error === 'object') return { object: error === null ? 'null' : { ...error } }
    return { [typeof error]: plain(error as Primitive) }
  }
  const { name, message, cause, stack } = error
  const own = Object.fromEntries(Object.entries(error).map(([key, value]) => [key, String(value)]))
  return {
    class: (Object.getPrototypeOf(error) as Error).constructor.name,
    name,
    message,
    own,
    stacked: typeof stack === 'string' && (stack.includes('errors.tasks') || kindless(name)),
    ...(error instanceof AggregateError ? { errors: error.errors.map(inner => seen(inner, depth + 1)) } : {}),
    ...('cause' in error ? { cause: cause === error ? 'itself' : depth > 2 ? 'deeper' : seen(cause, depth + 1) } : {}),
  }
}

/** filch's own refusal is raised by filch. */
function kindless(name: string): boolean {
  return name === 'NotSendableError' || name === 'AggregateError'
}

export const leaf = task((cells: Int32Array, at: number, bad: boolean): number => {
  Atomics.add(cells, at, 1)
  if (at === 1) {
    Atomics.store(cells, 2, 1)
    Atomics.notify(cells, 2)
  }
  if (bad) throw new RangeError(`side ${at}`)
  return at
})

/** Both sides of a fork: cell 0 counts this one, 1 the forked one. The sides named by `bad` throw. */
export const sides = task((cells: Int32Array, bad: string): number => {
  const right = leaf.fork(cells, 1, bad.includes('b'))
  awaitTheft(cells.subarray(2))
  const left = leaf(cells, 0, bad.includes('a'))
  return left + leaf.join(right)
})

/** Leaves forks behind in each of `rounds` errors, catches, and goes on. */
export const abandon = task((cells: Int32Array, rounds: number): number => {
  let sum = 0
  for (let round = 0; round < rounds; round++) {
    const outer = fib.fork(5)
    try {
      leaf.fork(cells, 3, false)
      leaf.fork(cells, 3, round % 2 === 0)
      leaf(cells, 0, true)
    } catch (error) {
      if ((error as Error).message !== 'side 0') throw error
    }
    sum += fib.join(outer)
  }
  return sum
})

/** Returns with forks that nobody joins. */
export const forget = task((cells: Int32Array): number => {
  leaf.fork(cells, 3, false)
  leaf.fork(cells, 3, true)
  return 5
})

export const overflow = task((n: number): number => 1 + overflow(n + 1))
export const overflowForking = task((n: number): number => {
  const right = fib.fork(1)
  return overflowForking(n + 1) + fib.join(right)
})
export const overflowInFork = task((n: number): number => overflowInFork.join(overflowInFork.fork(n + 1)))
export const overflowInScope = task((n: number): number =>
  scope(s => {
    s.spawn(fib, 3)
    return overflowInScope(n + 1)
  }),
)
/** From another depth of the stack each time. */
export const overflowFrom = task((depth: number): number => (depth > 0 ? 1 + overflowFrom(depth - 1) : overflow(0)))
export const catchOverflow = task((gate: Int32Array): number => {
  const forked = fib.fork(15)
  try {
    overflowForking(0)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    Atomics.add(gate, 0, 1)
  }
  return fib.join(forked)
})

const mark = task((cells: Int32Array, at: number): void => {
  Atomics.add(cells, at, 1)
})

/**
 * Spawns on its way to the end of the stack, three times in one scope, from `depth` calls below. Says which child ran twice,
 * or did not run though its spawn returned and the scope told of no error; or nothing.
 */
export const spawnToTheEnd = task((cells: Int32Array, depth: number): string => {
  if (depth > 0) return spawnToTheEnd(cells, depth - 1)
  const returned = new Uint8Array(cells.length)
  let spawned = 0
  const down = (s: Scope): void => {
    const at = spawned++
    s.spawn(mark, cells, at)
    returned[at] = 1
    down(s)
  }
  let failed = false
  try {
    scope(s => {
      for (let round = 0; round < 3; round++) {
        try {
          down(s)
        } catch (error) {
          if (!(error instanceof RangeError)) throw error
        }
      }
    })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    failed = true
  }
  const wrong = cells.findIndex((times, at) => times > 1 || (times === 0 && returned[at] === 1 && !failed))
  return wrong < 0 ? '' : `child ${wrong} of ${spawned} ran ${cells[wrong]} times`
})

export const promise = task((): unknown => Promise.resolve(1))
// oxlint-disable-next-line unicorn/no-thenable -- what is tested
export const callable = task((): unknown => ({ then: () => {} }))
export const giveBack = task((kind: string): unknown => makers[kind]!())

export const take = task((value: unknown): unknown => value)
/** Forks with something in it that cannot cross, stolen or not. */
export const forkBad = task((): unknown => {
  try {
    return take.join(take.fork({ user: { save: () => 1 } }))
  } catch (error) {
    return [(error as { path?: unknown }).path, (error as { code?: unknown }).code, fib.join(fib.fork(10))]
  }
})
export const spawnBad = task((): unknown => {
  try {
    return scope(s => s.spawn(take, [1, Symbol('x')]))
  } catch (error) {
    return [(error as { path?: unknown }).path, (error as { code?: unknown }).code, fib.join(fib.fork(10))]
  }
})

/** A pool for tasks that run in the thread that made it. */
export const here: { pool: Pool | undefined } = { pool: undefined }
export const askStats = task((): unknown => {
  const forked = fib.fork(12)
  const other = take.fork('kept')
  const before = here.pool!.stats().forks
  return [take.join(other), fib.join(forked), here.pool!.stats().forks >= before]
})

const itself = task((n: number): number => n)

/** Goes to the end of the stack with so many forks pending, from `depth` calls below, and forks and joins once on the way up. */
export const forkAtTheEnd = task((depth: number, pending: number): string => {
  if (depth > 0) return forkAtTheEnd(depth - 1, pending)
  let seen = ''
  for (let i = 0; i < pending; i++) itself.fork(i)
  const down = (): void => {
    try {
      down()
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
    if (seen !== '') return
    try {
      seen = String(itself.join(itself.fork(1)))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  }
  down()
  return seen
})
