import { double } from './fake-carrier.ts'

/**
 * Every type of JavaScript and how it crosses. `docs/values.md` prints the first three columns; `values.test.ts` sends
 * the examples of each row and checks that they do what the row says.
 */
export interface Row {
  type: string
  crosses: 'copied' | 'by reference' | 'refused'
  note: string
  /** Values of the type. Copied ones must arrive as `structuredClone` copies them, unless `arrives` says what else. */
  examples: () => unknown[]
  arrives?: (sent: never, got: never) => boolean
}

class Point {
  x = 1
}

class Typed extends Uint8Array {}

const buffer = (): ArrayBuffer => Uint8Array.from({ length: 24 }, (_, i) => 7 * i).buffer
const views = ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array']
const floats = ['Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'DataView']
type Constructor = new (...args: unknown[]) => object
const classes = [...views, ...floats].flatMap(
  name => (globalThis as unknown as Record<string, Constructor>)[name] ?? [],
)

function cyclic(): object {
  const object: Record<string, unknown> = { list: [1, { deep: true }] }
  object['self'] = object
  object['again'] = object['list']
  return object
}

function twoViews(): object {
  const shared = buffer()
  return { bytes: new Uint8Array(shared, 4, 8), numbers: new Float64Array(shared, 8, 2), all: shared }
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function detached(): object[] {
  const gone = buffer()
  const view = new Uint8Array(gone)
  structuredClone(gone, { transfer: [gone] })
  return [gone, view]
}

export const rows: Row[] = [
  {
    type: 'undefined, null, boolean',
    crosses: 'copied',
    note: '',
    examples: () => [undefined, null, true, false],
  },
  {
    type: 'number',
    crosses: 'copied',
    note: '-0, NaN and the infinities too',
    examples: () => [0, 1, -1, 2 ** 26, -(2 ** 26), -(2 ** 26) - 1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53, 0.1, -0,
      NaN, Infinity, -Infinity, 5e-324], // prettier-ignore
  },
  {
    type: 'bigint',
    crosses: 'copied',
    note: 'of any size',
    examples: () => [0n, -1n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 64n), 3n ** 999n, -(3n ** 999n)],
  },
  {
    type: 'string',
    crosses: 'copied',
    note: 'lone surrogates and all; up to 134 million characters',
    examples: () => ['', 'a', 'abcd', 'é', 'x\0y', '\ud800', 'a\udc00b', '\ufeff', '\ufffd', '😀', 'a'.repeat(47),
      'a'.repeat(48), 'a'.repeat(255) + 'é', 'b'.repeat(256), 'é'.repeat(256), 'x'.repeat(300) + '\ud800',
      '\ufeff' + '\ufffd'.repeat(300), 'long '.repeat(9999), 'д'.repeat(9999)], // prettier-ignore
  },
  {
    type: 'symbol',
    crosses: 'refused',
    note: 'registered and well-known ones too',
    examples: () => [Symbol('x'), Symbol.for('x'), Symbol.iterator, Object(Symbol('x'))],
  },
  {
    type: 'task',
    crosses: 'by reference',
    note: 'the same function in every thread',
    examples: () => [double],
  },
  {
    type: 'any other function, class',
    crosses: 'refused',
    note: 'in an object too: nothing is left out silently',
    examples: () => [() => 1, Point, async () => {}, Math.sin, { save: () => 1 }, [[{ f() {} }]]],
  },
  {
    type: 'plain object',
    crosses: 'copied',
    note: 'own enumerable string keys, `__proto__` among them; getters are read; symbol keys are left out',
    examples: () => [{}, { a: 1, b: { c: 'd' } }, JSON.parse('{"__proto__":{"x":1},"y":2}'), { get x() { return 5 } },
      { 'ключ 😀': 1, 7: 2, '': 3 }, { [Symbol('s')]: 1, a: 1 },
      Object.defineProperty({ a: 1 }, 'hidden', { value: 1 })], // prettier-ignore
  },
  {
    type: 'object without prototype',
    crosses: 'copied',
    note: 'stays without (`structuredClone` gives it one)',
    examples: () => [Object.assign(Object.create(null), { a: 1, toString: 2 }) as unknown],
    arrives: (sent: object, got: object) =>
      Object.getPrototypeOf(got) === null && JSON.stringify(got) === JSON.stringify(sent),
  },
  {
    type: 'instance of a class',
    crosses: 'refused',
    note: 'also of a subclass of a built-in class (`structuredClone` strips the class silently)',
    examples: () => [new Point(), { at: new Point() }, Object.create({ a: 1 }), new (class extends Map {})(),
      new (class extends Array {})(), new Typed(2), new URL('http://a.b'), new AbortController()], // prettier-ignore
  },
  {
    type: 'array',
    crosses: 'copied',
    note: 'holes stay holes; properties other than elements are left out (`structuredClone` keeps them)',
    examples: () => [[], [1, [2, [3]]], [undefined, null], Object.assign(new Array(3), { 1: 1 }), new Array(3), Array.from({ length: 100 }),
      Object.assign(new Array(1000), { 7: 'x' }), Object.assign(new Array(2 ** 32 - 1), { 4e9: 'x' }),
      Array.from({ length: 1000 }, (_, i) => i / 3)], // prettier-ignore
  },
  {
    type: 'array with properties',
    crosses: 'copied',
    note: 'without them',
    examples: () => ['abc'.match(/b/), Object.assign([1, undefined], { extra: 1 })],
    arrives: (sent: unknown[], got: unknown[]) => Object.keys(got).join() === Object.keys(Array.from(sent)).join(),
  },
  {
    type: 'cycles, and one object in several places',
    crosses: 'copied',
    note: 'identity is kept within one message, that is, across all arguments of one call',
    examples: () => [cyclic(), [cyclic(), cyclic()], (o => [o, { o }, new Set([o])])({})],
  },
  {
    type: 'nesting of more than 1000 levels',
    crosses: 'refused',
    note: '`structuredClone` gives up at about 1600, depending on the stack',
    examples: () => [2000, 1_000_000].map(n => Array.from({ length: n }).reduce(o => [o], 0)),
  },
  {
    type: 'Map, Set',
    crosses: 'copied',
    note: 'in order',
    examples: () => [new Map(), new Set(), new Map<unknown, unknown>([[1, 'a'], [{ k: 1 }, new Map([[NaN, -0]])]]),
      new Set<unknown>(['a', [1], new Set([1])]), (m => m.set(m, m))(new Map<unknown, unknown>()),
      (s => s.add(s))(new Set<unknown>())], // prettier-ignore
  },
  {
    type: 'Date',
    crosses: 'copied',
    note: 'invalid ones too',
    examples: () => [new Date(0), new Date(-8.64e15), new Date('2026-01-01T00:00:00.123Z'), new Date(NaN)],
    // Node 22 takes no invalid date for equal to another.
    arrives: (sent: Date, got: Date) =>
      Object.getPrototypeOf(got) === Date.prototype && Object.is(got.getTime(), sent.getTime()),
  },
  {
    type: 'RegExp',
    crosses: 'copied',
    note: 'source and flags; `lastIndex` starts at 0',
    examples: () => [
      /a\/b[/]\n/,
      /(?<x>é)/giu,
      new RegExp('\\p{L}', 'v'),
      new RegExp(''),
      Object.assign(/x/g, { lastIndex: 7 }),
    ],
  },
  {
    type: 'boxed boolean, number, string, bigint',
    crosses: 'copied',
    note: '',
    examples: () => [Object(true), Object(false), Object(-0), Object('text'), Object(5n)],
  },
  {
    type: 'Error and its built-in subclasses, DOMException',
    crosses: 'copied',
    note: 'with stack, cause, errors and own properties; see below',
    examples: () => [new Error('a'), new TypeError('b', { cause: { c: 1 } }), Object.assign(new RangeError(''), { code: 7 }),
      new AggregateError([new Error('x'), 5], 'all'), new DOMException('stop', 'AbortError')], // prettier-ignore
    arrives: (sent: AggregateError, got: AggregateError) =>
      got instanceof Error &&
      Object.getPrototypeOf(got) === Object.getPrototypeOf(sent) &&
      (['name', 'message', 'stack', 'code'] as (keyof Error)[]).every(key => got[key] === sent[key]) &&
      JSON.stringify([got.cause, got.errors?.[1]]) === JSON.stringify([sent.cause, sent.errors?.[1]]),
  },
  {
    type: 'ArrayBuffer',
    crosses: 'copied',
    note: 'a resizable one arrives with its present length and not resizable',
    examples: () => [buffer(), new ArrayBuffer(0), new ArrayBuffer(5), { a: buffer(), b: buffer() },
      new ArrayBuffer(8, { maxByteLength: 64 })], // prettier-ignore
  },
  {
    type: 'detached ArrayBuffer',
    crosses: 'refused',
    note: 'and a view over one',
    examples: detached,
  },
  {
    type: 'typed array, DataView',
    crosses: 'copied',
    note: 'the whole buffer, however small the view, so that several views keep sharing one; Float16Array where it exists',
    examples: () => [...classes.map(View => new View(buffer(), 8, 1)), ...classes.map(View => new View(buffer())),
      twoViews(), new Float64Array(0), new Uint8Array(3).subarray(3)], // prettier-ignore
  },
  {
    type: 'Buffer',
    crosses: 'copied',
    note: 'arrives as a Uint8Array; a small one brings the pool that it lies in, as with `postMessage`',
    examples: () => [Buffer.from('text'), Buffer.alloc(5, 1)],
  },
  {
    type: 'SharedArrayBuffer',
    crosses: 'by reference',
    note: 'whoever made it',
    examples: () => [new SharedArrayBuffer(8)],
  },
  {
    type: 'typed array or DataView over a SharedArrayBuffer',
    crosses: 'by reference',
    note: 'the view is made anew, with its offset and length as they are, over the same memory',
    examples: () => classes.map(View => new View(new SharedArrayBuffer(24), 8, 1)),
    arrives: (sent: Uint8Array, got: Uint8Array) =>
      got.buffer === sent.buffer && got.byteOffset === 8 && got.byteLength === sent.byteLength,
  },
  {
    type: 'Proxy of a plain object or array',
    crosses: 'copied',
    note: 'it cannot be told from its target and is read through its traps (`structuredClone` refuses it)',
    examples: () => [new Proxy({ a: 1 }, {}), new Proxy([1, 2], {})],
    arrives: (sent: object, got: object) => JSON.stringify(got) === JSON.stringify(sent),
  },
  {
    type: 'other Proxy, imitation of a built-in class',
    crosses: 'refused',
    note: 'revoked ones too',
    examples: () => [new Proxy(new Map(), {}), new Proxy(new Date(), {}), revoked(), { a: revoked() },
      Object.create(Map.prototype), Object.create(Uint8Array.prototype), Object.create(Array.prototype)], // prettier-ignore
  },
  {
    type: 'Promise, generator, iterator',
    crosses: 'refused',
    note: 'await or collect it first',
    examples: () => [Promise.resolve(1), (function* () {})(), [].values(), new Map().entries()],
  },
  {
    type: 'WeakMap, WeakSet, WeakRef, FinalizationRegistry',
    crosses: 'refused',
    note: '',
    examples: () => [new WeakMap(), new WeakSet(), new WeakRef({}), new FinalizationRegistry(() => {})],
  },
]
