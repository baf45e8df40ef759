import { inspect } from 'node:util'

import { afterEach, describe, expect, it } from 'vitest'

import { FilchError, NotSendableError, OptionError, WorkerLostError } from '../../src/errors.ts'
import { registerError } from '../../src/wire/error.ts'
import { carrier, cross, crossThrown } from './fake-carrier.ts'

afterEach(() => expect(carrier.inFlight).toBe(0))

class ParseError extends SyntaxError {
  readonly line: number
  override name = 'ParseError'
  constructor(line: number) {
    super(`bad line ${line}`)
    this.line = line
  }
}
registerError(ParseError)

class Unknown extends RangeError {
  override get name(): string {
    return 'Unknown'
  }
}

const trap = (): never => {
  throw new Error('a trap ran')
}
const hostile: ProxyHandler<object> = new Proxy({}, { get: () => trap })

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

describe('an error', () => {
  it('keeps a registered class, with its properties', () => {
    const [got] = cross(new ParseError(7))
    expect(got).toBeInstanceOf(ParseError)
    expect(got).toMatchObject({ name: 'ParseError', message: 'bad line 7', line: 7 })
    expect(Object.prototype.toString.call(got)).toBe('[object Error]')
  })

  it("keeps filch's own classes", () => {
    for (const error of [new NotSendableError('a.b', 'odd', 'Hint.'), new WorkerLostError('gone')]) {
      const [got] = cross(error)
      expect(Object.getPrototypeOf(got)).toBe(Object.getPrototypeOf(error))
      expect(got).toMatchObject({ code: error.code, name: error.name, message: error.message, stack: error.stack })
      expect(Object.keys(got)).toEqual(Object.keys(error))
    }
  })

  it('of an unregistered class arrives as its nearest known ancestor', () => {
    const [got] = cross(new Unknown('x'))
    expect(Object.getPrototypeOf(got)).toBe(RangeError.prototype)
    expect(got.name).toBe('Unknown')
  })

  it('keeps what is enumerable and what is not', () => {
    const error = new Error('a', { cause: 1 })
    expect(Object.keys(cross(Object.assign(error, { extra: 1 }))[0])).toEqual(['extra'])
    expect(Object.hasOwn(cross(new Error())[0], 'message')).toBe(false)
  })

  it('keeps cyclic and shared causes, and errors in errors', () => {
    const inner: Error & { cause?: unknown } = new TypeError('inner')
    const outer = new AggregateError([inner, new Error('other')], 'outer', { cause: inner })
    inner.cause = { outer }
    const [got] = cross(outer)
    expect(got.cause).toBe(got.errors[0])
    expect((got.errors[0] as { cause: { outer: unknown } }).cause.outer).toBe(got)
  })

  it('arrives without what cannot cross, and says so', () => {
    const error = Object.assign(new Error('kept'), { save: trap, deep: { list: [1, Symbol('x')] }, fine: [1] })
    Object.defineProperty(error, 'getter', { enumerable: true, get: trap })
    Object.defineProperty(error, '__proto__', { enumerable: true, value: 5 })
    const [got] = cross(error)
    expect(got).toMatchObject({
      message: 'kept',
      save: '[not sent: a function that is not a task]',
      deep: '[not sent: .list[1] is a symbol]',
      getter: '[not sent: reading it threw]',
      fine: [1],
    })
    expect(Object.getOwnPropertyDescriptor(got, '__proto__')?.value).toBe(5)
    expect(Object.getPrototypeOf(got)).toBe(Error.prototype)
  })

  it('drops the buffers of a property that fails half way', () => {
    const shared = new SharedArrayBuffer(8)
    const [got] = cross(Object.assign(new Error(), { a: [shared, trap], b: shared }))
    expect(got.a).toContain('not sent')
    expect(got.b).toBe(shared)
  })

  it('with a long chain of causes arrives cut off', () => {
    let chain = new Error('first')
    for (let i = 0; i < 5000; i++) chain = new Error(`${i}`, { cause: chain })
    const [got] = cross(chain)
    expect(got.message).toBe('4999')
    expect(inspect(got, { depth: 3 })).toContain('4998')
  })

  it('is refused a registration that is none', () => {
    const Other = { ParseError: class ParseError extends Error {} }.ParseError
    expect(() => registerError(Other)).toThrow(OptionError)
    expect(() => registerError(Map as never)).toThrow('extends Error')
    registerError(ParseError)
    registerError(Other, 'other/ParseError')
    expect(cross(new Other('x'))[0]).toBeInstanceOf(Other)
  })
})

describe('a thrown value', () => {
  it.each([[null], [undefined], [0], ['text'], [{ status: 404 }], [[1]], [5n]])(
    'arrives as itself where it can be copied (%#)',
    value => {
      expect(crossThrown(value)).toEqual(value)
    },
  )

  it.each([
    ['a function', trap],
    ['a symbol', Symbol('x')],
    ['an instance', new (class Response404 {})()],
    ['an object with a function', { status: 404, retry: trap }],
    ['a promise', Promise.resolve()],
    ['a Proxy that throws', new Proxy({}, hostile)],
    ['a revoked Proxy', revoked()],
    ['an object whose getter throws a revoked Proxy', { get x() { throw revoked() } }], // prettier-ignore
    ['an object without end', new Proxy({}, { ownKeys: () => ['a'], get: (_, __, self) => self as unknown,
      getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) })], // prettier-ignore
  ])('%s arrives as itself or as an error that says what it was', (_, value) => {
    const got = crossThrown(value)
    expect(typeof got).toBe('object')
    if (got instanceof FilchError) expect(got.message).toMatch(/^thrown/)
  })

  it.each([
    ['a frozen error', Object.freeze(new TypeError('cold'))],
    ['an error whose parts all throw', new Proxy(new Error('x'), { ...hostile, getPrototypeOf: () => Error.prototype, get: trap,
      ownKeys: trap, getOwnPropertyDescriptor: trap })], // prettier-ignore
    ['an imitation of an error', Object.create(TypeError.prototype)],
    ['an error with an odd message and stack', Object.assign(new Error(), { message: trap, stack: 5, name: null })],
    ['a DOMException', new DOMException('timed out', 'TimeoutError')],
    ["an abort signal's reason", AbortSignal.abort().reason],
  ])('%s arrives as an error', (_, value) => {
    expect(crossThrown(value)).toBeInstanceOf(Error)
  })

  it('from a deep stack arrives', () => {
    const overflow = (): never => overflow()
    try {
      overflow()
    } catch (error) {
      expect(crossThrown(error)).toBeInstanceOf(RangeError)
    }
  })
})
