import { afterEach, describe, expect, it, vi } from 'vitest'

import { NotSendableError } from '../../src/errors.ts'
import { Guard } from '../../src/wire/guard.ts'
import { carrier, double } from './fake-carrier.ts'

afterEach(() => expect(carrier.inFlight).toBe(0))

const primitives = [1, 'a', true, null, undefined, 5n]
const shared = new SharedArrayBuffer(16)
const references = [shared, new Float64Array(shared, 8), new DataView(shared), double]

describe.each(['freeze', 'copy', 'trust'] as const)('%s', discipline => {
  const guard = new Guard(carrier, discipline)

  it('passes primitives and what crosses by reference', () => {
    for (const value of [...primitives, ...references]) expect(guard.admit(value, 'args[0]')).toBe(value)
    expect(Object.isFrozen(references[1])).toBe(false)
  })
})

describe('freeze', () => {
  const guard = new Guard(carrier, 'freeze')

  it('freezes plain objects and arrays deeply, in place', () => {
    const bare = Object.assign(Object.create(null) as object, { x: [1] })
    const value: Record<string, unknown> = { list: [{ a: 1 }, bare], view: references[1], task: double }
    value['self'] = value
    expect(guard.admit(value, 'args[0]')).toBe(value)
    for (const part of [value, value['list'], (value['list'] as object[])[0], bare])
      expect(Object.isFrozen(part)).toBe(true)
  })

  it('looks at an object once', () => {
    const inner = { a: 1 }
    const value = { inner }
    guard.admit(value, 'args[0]')
    const walk = vi.spyOn(Object, 'getOwnPropertyNames')
    guard.admit(value, 'args[0]')
    guard.admit(inner, 'args[0]')
    expect(walk).not.toHaveBeenCalled()
    walk.mockRestore()
  })

  it.each([
    ['Map', new Map([['k', { v: 1 }]])],
    ['Date', new Date(0)],
    ['typed array', new Uint8Array(4)],
    ['error', new TypeError('x')],
    ['box', Object(1)],
    ['getter', { get x() { return 1 } }], // prettier-ignore
    ['symbol key', { [Symbol('s')]: 1 }],
    ['hidden property', Object.defineProperty({}, 'x', { value: 1 })],
    ['hole', Object.assign(new Array(2), { 1: 1 })],
    ['property of an array', Object.assign([1], { x: 1 })],
  ])('copies a value with a %s, and leaves the original alone', (_, part) => {
    const value = { part, rest: { a: [1] } }
    const safe = guard.admit(value, 'args[0]') as typeof value
    expect(safe).not.toBe(value)
    expect(safe.part).not.toBe(part)
    expect(safe.rest).toEqual(value.rest)
    expect(Object.isFrozen(safe) && Object.isFrozen(safe.rest.a)).toBe(true)
    expect(Object.isFrozen(value) || Object.isFrozen(value.rest)).toBe(false)
  })

  it.each([
    [{ user: { save() {} } }, 'args[0].user.save is a function that is not a task. Declare it with task()'],
    [[1, [Symbol('x')]], 'args[0][1][0] is a symbol'],
    [{ a: new (class Thing {})() }, 'args[0].a is an instance of Thing'],
    [new Map([[1, () => 1]]), 'args[0].values()[0] is a function'],
    [() => 1, 'args[0] is a function'],
    [Symbol('x'), 'args[0] is a symbol'],
    [Array.from({ length: 1e5 }).reduce(o => [o], 0), 'args[0] is nested too deeply'],
  ])('refuses what cannot cross, and freezes nothing (%#)', (value, message) => {
    expect(() => guard.admit(value, 'args[0]')).toThrow(NotSendableError)
    expect(() => guard.admit(value, 'args[0]')).toThrow(message)
    if (typeof value === 'object') expect(Object.isFrozen(value)).toBe(false)
  })
})

describe('copy', () => {
  const guard = new Guard(carrier, 'copy')

  it("gives a copy that is the task's own", () => {
    const value = { list: [1, { a: shared }] }
    const safe = guard.admit(value, 'args[0]')
    expect(safe).toEqual(value)
    expect(safe).not.toBe(value)
    expect(Object.isFrozen(safe)).toBe(false)
    expect(() => guard.admit({ f() {} }, 'args[0]')).toThrow('args[0].f is a function')
    expect(() => guard.admit(() => 1, 'args[0]')).toThrow('args[0] is a function')
  })
})

it('trust looks at nothing', () => {
  const value = { f() {} }
  expect(new Guard(carrier, 'trust').admit(value, 'args[0]')).toBe(value)
})
