import { deepStrictEqual } from 'node:assert/strict'
import { readFileSync } from 'node:fs'

import { afterEach, describe, expect, it } from 'vitest'

import { NotSendableError } from '../../src/errors.ts'
import { carrier, cross, double, reader, writer, arrived } from './fake-carrier.ts'
import { rows } from './rows.ts'

afterEach(() => expect(carrier.inFlight).toBe(0))

describe('what crosses', () => {
  it.each(rows)('$type: $crosses', ({ crosses, examples, arrives }) => {
    for (const sent of examples()) {
      if (crosses === 'refused') {
        expect(() => cross(sent)).toThrow(NotSendableError)
        continue
      }
      const [got] = cross(sent)
      if (arrives) expect(arrives(sent as never, got as never)).toBe(true)
      else if (crosses === 'by reference') expect(got).toBe(sent)
      else deepStrictEqual(got, structuredClone(sent))
    }
  })

  it('is what the documentation says', () => {
    const text = readFileSync(new URL('../../docs/values.md', import.meta.url), 'utf8')
    const [table] = /^\| type [^]*?\n\n/m.exec(text) ?? ['']
    const lines = table.trim().split('\n').slice(2)
    expect(lines).toEqual(
      rows.map(({ type, crosses, note }) => `| ${type} | ${crosses} | ${note} |`.replace('|  |', '| |')),
    )
  })
})

describe('identity', () => {
  it('is kept across the values of one message, and forgotten with it', () => {
    const object = { many: Array.from({ length: 100 }, (_, i) => ({ i })) }
    const [a, b] = cross(object, [object, object.many[99]])
    expect(b[0]).toBe(a)
    expect(b[1]).toBe(a.many[99])
    expect(cross(object)[0]).not.toBe(a)
    expect(cross({}, object.many.slice(0, 40), object)[2]).toEqual(object)
  })

  it('is kept for the buffer under several views', () => {
    const shared = new SharedArrayBuffer(16)
    const plain = new ArrayBuffer(16)
    const got = cross(new Uint8Array(plain, 4), new Float64Array(shared), new DataView(plain), new Int8Array(shared, 3))
    expect(got[0].buffer).toBe(got[2].buffer)
    expect(got[0].byteOffset).toBe(4)
    expect(got[1].buffer).toBe(shared)
    expect(got[3].buffer).toBe(shared)
  })
})

const pathOf = (value: unknown): string => {
  try {
    cross(value)
  } catch (error) {
    if (error instanceof NotSendableError) return error.message
  }
  return 'nothing was refused'
}

describe('a refusal', () => {
  it.each([
    [{ user: { save() {} } }, 'value.user.save is a function that is not a task. Declare it'],
    [[{}, { 'a b': [Symbol('x')] }], 'value[1]["a b"][0] is a symbol'],
    [new Map([['a', { f() {} }]]), 'value.values()[0].f is a function'],
    [new Map([[{ f() {} }, 1]]), 'value.keys()[0].f is a function'],
    [new Set([1, new Set([Promise.resolve()])]), 'value.values()[1].values()[0] is an instance of Promise'],
    [Object.assign(new Array(100), { 50: class Hidden {} }), 'value[50] is a function'],
    [{ a: new (class Thing {})() }, 'value.a is an instance of Thing'],
    [{ a: new Proxy(new Map(), {}) }, 'value.a is not a true Map'],
    [Array.from({ length: 5000 }).reduce(o => ({ o }), {}), 'value is nested too deeply'],
  ])('names the path and the reason (%#)', (value, message) => {
    expect(pathOf(value)).toContain(message)
  })

  it('settles the buffers of the message, and leaves a writer that works', () => {
    writer.begin()
    writer.value(new SharedArrayBuffer(8), 'args[0]')
    expect(carrier.inFlight).toBe(1)
    expect(() => writer.value([new SharedArrayBuffer(8), () => 1], 'args[1]')).toThrow('args[1][1] is a function')
    expect(carrier.inFlight).toBe(0)
    expect(cross({ fine: double })).toEqual([{ fine: double }])
  })

  it('happens to a value nested too deeply for what is left of the stack', () => {
    const deep: unknown = Array.from({ length: 900 }).reduce(o => [o], 0)
    const below = (frames: number): string => (frames > 0 ? below(frames - 1) : pathOf(deep))
    const messages = new Set<string>()
    // Somewhere on the way down the engine's bound comes before ours, and then the test's own frames meet it.
    expect(() => {
      for (let frames = 0; ; frames += 100) messages.add(below(frames))
    }).toThrow(RangeError)
    expect([...messages][0]).toBe('nothing was refused')
    expect([...messages][1]).toContain('value is nested too deeply')
    expect(cross(deep)).toEqual([deep])
  })

  it('of what a getter throws is that itself', () => {
    const thrown = { not: 'an error' }
    const trap: object = {
      get x(): never {
        throw thrown // eslint-disable-line no-throw-literal
      },
    }
    let caught: unknown
    try {
      cross([trap])
    } catch (error) {
      caught = error
    }
    expect(caught).toBe(thrown)
  })

  it('meets a getter that itself sends', () => {
    const trap = { get x() { return cross(1) } } // prettier-ignore
    expect(() => cross(trap)).toThrow('must not itself fork or send')
    expect(cross(1)).toEqual([1])
  })
})

describe('frozen', () => {
  it('freezes plain objects and arrays, cycles included, and nothing else', () => {
    const value: Record<string, unknown> = { list: [{ a: 1 }], map: new Map([[1, { b: 2 }]]), date: new Date(0) }
    value['self'] = value
    writer.begin()
    writer.value(value, 'value')
    const [got] = arrived(true) as [typeof value]
    expect(got['self']).toBe(got)
    for (const part of [got, got['list'], (got['list'] as object[])[0], (got['map'] as Map<number, object>).get(1)]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
    expect(Object.isFrozen(got['map'])).toBe(false)
    deepStrictEqual(got, value)
  })
})

describe('the memory of a writer', () => {
  it('grows with a message and is given back after a large one', () => {
    cross('x'.repeat(3e6))
    expect(writer.words.length).toBeGreaterThan(7e5)
    writer.begin()
    expect(writer.words.length).toBeLessThan(1e4)
  })

  it('is not held by a message that promises more than it has', () => {
    reader.begin(new Int32Array([8 | (1e6 << 5)]), 0, 1, false)
    expect(() => reader.value()).toThrow('stops making sense')
  })
})
