import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type layout as Lay, layout, LINE, roundUp } from '../../src/memory/layout.ts'
import { type Edit, mutant } from '../support/mutant.ts'

const fields = fc.uniqueArray(
  fc.record({ name: fc.stringMatching(/^[a-z]{1,6}$/), words: fc.integer({ min: 1, max: 40 }), line: fc.boolean() }),
  { selector: field => field.name, minLength: 1, maxLength: 12 },
)

/** Fields do not overlap, keep their order, and stand in lines of their own where that was asked for. */
function check(
  lay: typeof Lay,
  parameters: fc.Parameters<[readonly { name: string; words: number; line: boolean }[]]>,
): void {
  fc.assert(
    fc.property(fields, fields => {
      const record = Object.fromEntries(fields.map(field => [field.name, field.words]))
      const { at, size } = lay(
        record,
        fields.filter(field => field.line).map(field => field.name),
      )
      deepStrictEqual(Object.keys(at), Object.keys(record))
      strictEqual(size % LINE, 0, 'whole lines')
      let end = 0
      for (const { name, words, line } of fields) {
        ok(at[name]! >= end, 'in order, without overlap')
        ok(at[name]! - end < LINE, 'without waste')
        if (line || words >= LINE) strictEqual(at[name]! % LINE, 0, 'begins a line')
        else strictEqual(at[name], end, 'follows')
        end = at[name]! + words
      }
      ok(size >= end && size - end < LINE, 'size')
    }),
    parameters,
  )
}

describe('a layout', () => {
  it('gives each field its own words', () => check(layout, { numRuns: 500 }))

  it('rounds up', () => {
    expect([roundUp(0, 16), roundUp(1, 16), roundUp(16, 16), roundUp(17, 32)]).toEqual([0, 16, 16, 32])
  })
})

const faults: Record<string, Edit[]> = {
  'fields overlap': [['size += fields[name]', 'size += 1']],
  'a long field begins anywhere': [['fields[name] >= LINE || lines', 'lines']],
  'a field asked to stand alone does not': [[' || lines.includes(name)', '']],
  'the last line is cut': [['size: roundUp(size, LINE)', 'size']],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, edits]) => {
    const faulty = await mutant<{ layout: typeof Lay }>('memory/layout.ts', edits)
    expect(() => check(faulty.layout, { seed: 1, numRuns: 500, endOnFailure: true })).toThrow('Property failed')
  })
})
