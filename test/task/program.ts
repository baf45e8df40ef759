import { pick, type Random } from '../soak/part.ts'

/**
 * Programs of forks, joins and scopes, described by plain data: what the tasks make of one must be what an interpreter
 * without tasks makes of it (random.test.ts, test/soak/programs.ts).
 * Each leaf has a number, and marks its cell when it runs.
 */
export type Program =
  | { readonly kind: 'leaf'; readonly at: number; readonly value: unknown; readonly spin: number }
  | { readonly kind: 'throw'; readonly at: number; readonly what: number }
  | { readonly kind: 'deep'; readonly at: number; readonly depth: number }
  | {
      readonly kind: 'fork' | 'generic' | 'all' | 'scope' | 'mixed' | 'catch' | 'abandon' | 'early'
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
    () => new RangeError(`problem ${what}`),
    () => Object.assign(new TypeError(`problem ${what}`), { code: what }),
    () => new Error(`problem ${what}`, { cause: { what } }),
    () => `problem ${what}`,
    () => null,
    () => ({ what }),
  ]
  return problems[what % problems.length]!()
}

export function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return ['thrown', error]
  return [error.name, error.message, (error as { code?: unknown }).code, error.cause]
}

const values: readonly ((r: Random) => unknown)[] = [
  r => r(1000) - 500,
  r => r(1000) / 7,
  () => -0,
  () => Number.NaN,
  () => null,
  () => undefined,
  r => r(2) === 0,
  r => BigInt(r(1000)) ** 9n,
  r => 'ab\u{1f600}'.repeat(r(40)),
  r => Array.from({ length: r(30) }, () => r(100)),
  r => ({ a: r(10), b: [{ c: 'x' }, undefined], ['__proto__']: 1 }),
  r =>
    new Map<unknown, unknown>([
      [r(9), 'nine'],
      ['set', new Set([r(3)])],
    ]),
  r => new Date(r(1e9)),
  () => /a.c/giu,
  r => new Float64Array([r(10), 0.5]),
  // oxlint-disable-next-line no-sparse-arrays -- holes stay holes
  () => [1, , 3],
  r => ['long'.repeat(r(2000)), { deep: [[[[[r(5)]]]]] }],
]

/** A program of about `size` leaves, numbered from `next.at` on. */
export function program(r: Random, size: number, errors: boolean, next: { at: number }): Program {
  if (size <= 1) {
    const at = next.at++
    if (errors && r(8) === 0) return { kind: 'throw', at, what: r(60) }
    if (r(500) === 0) return { kind: 'deep', at, depth: r(1000) }
    return { kind: 'leaf', at, value: pick(r, values)(r), spin: r(8) === 0 ? r(3000) : 0 }
  }
  const parts: Program[] = []
  let left = size
  while (left > 0) {
    const share = 1 + r(left)
    // Not the program itself again.
    parts.push(program(r, Math.min(share, size - 1), errors, next))
    left -= share
  }
  const kinds = ['fork', 'fork', 'generic', 'all', 'scope', 'mixed', 'catch', 'abandon', 'early'] as const
  // The last two leave leaves out.
  return { kind: kinds[r(errors ? 9 : 7)]!, parts }
}

class Thrown {
  readonly error: unknown
  constructor(error: unknown) {
    this.error = error
  }
}

/** What a program gives, without a task: its hash, or what it throws first in the order of a sequential program. */
export function expected(program: Program): number {
  switch (program.kind) {
    case 'leaf':
      return digest(program.value)
    case 'throw':
      throw new Thrown(problem(program.what))
    case 'deep':
      return program.at + program.depth
    case 'fork':
      return newestFirst(program.parts, 1)
    case 'generic':
      return newestFirst(program.parts, 2)
    case 'all':
      return program.parts.map(expected).reduce(mix, 3)
    case 'mixed':
      return program.parts.reduceRight(
        (hash, part, i) => mix(hash, i % 2 === 0 ? expected(part) : newestFirst([part], 1)),
        4,
      )
    case 'scope':
      return mix(
        5,
        program.parts.map(expected).reduce((sum, hash) => (sum + hash) | 0, 0),
      )
    case 'catch':
      try {
        return mix(6, newestFirst(program.parts, 1))
      } catch (thrown) {
        return mix(7, digest(describe((thrown as Thrown).error)))
      }
    case 'early':
      return program.parts.slice(0, middleOf(program.parts)).reduceRight((hash, part) => mix(hash, expected(part)), 9)
    default:
      return mix(8, expected(program.parts[0]!))
  }
}

/** Of the forks of an `early` program, this many are joined, the newest of them first; those made later are too late then. */
export function middleOf(parts: readonly Program[]): number {
  return (parts.length + 1) >> 1
}

function newestFirst([first, ...others]: readonly Program[], seed: number): number {
  return others.reduceRight((hash, part) => mix(hash, expected(part)), mix(seed, expected(first!)))
}

export function outcome(act: () => number): unknown {
  try {
    return { value: act() }
  } catch (thrown) {
    return { error: describe(thrown instanceof Thrown ? thrown.error : thrown) }
  }
}
