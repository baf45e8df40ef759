import { deepStrictEqual } from 'node:assert/strict'

import * as fc from 'fast-check'
import { describe, it } from 'vitest'

import { Guard } from '../../src/wire/guard.ts'
import { carrier, cross } from './fake-carrier.ts'

const anything = fc.anything({
  key: fc.string({ unit: 'binary' }),
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withBoxedValues: true,
  withSparseArray: true,
  withTypedArray: true,
  withNullPrototype: true,
  withUnicodeString: true,
})
const text = fc.array(fc.nat(0xffff)).map(codes => String.fromCharCode(...codes))

describe('any value', () => {
  it('arrives as it was', () => {
    fc.assert(
      fc.property(anything, value => deepStrictEqual(cross(value), [value])),
      { numRuns: 2000 },
    )
  })

  it('arrives as structuredClone would copy it, with what it shares still shared', () => {
    fc.assert(
      fc.property(fc.array(fc.anything({ withDate: true, withMap: true }), { maxLength: 5 }), values => {
        const shared = [values, ...values, { values, again: [...values] }]
        deepStrictEqual(cross(shared)[0], structuredClone(shared))
      }),
    )
  })

  it('arrives if it is a number of any bits', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.integer()), fc.maxSafeInteger(), (a, b) =>
        deepStrictEqual(cross(a, b), [a, b]),
      ),
    )
  })

  it('arrives if it is a string of any code units and length', () => {
    fc.assert(
      fc.property(text, fc.nat(300), (s, n) => deepStrictEqual(cross(s, s + 'a'.repeat(n)), [s, s + 'a'.repeat(n)])),
    )
  })

  it('passes a guard as it was, and a second time as itself', () => {
    const guard = new Guard(carrier, 'freeze')
    fc.assert(
      fc.property(anything, value => {
        const safe = guard.admit(value, 'value')
        deepStrictEqual(safe, value)
        if (safe === value) deepStrictEqual(guard.admit(safe, 'value') === safe || Number.isNaN(safe), true)
      }),
    )
  })
})
