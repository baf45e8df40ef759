import * as fc from 'fast-check'
import { Pool } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { type Cell, euler, eulers, sheet, sumEuler } from '../../examples/14-par-monad.tasks.ts'

/** Cells that refer to others, shuffled, so that most are given before what they wait for. */
const cells: fc.Arbitrary<Cell[]> = fc
  .array(fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.array(fc.nat(), { maxLength: 4 }), fc.nat()), {
    minLength: 1,
    maxLength: 60,
  })
  .map(list => {
    const places = list.map((_, i) => i).toSorted((a, b) => list[a]![2] - list[b]![2] || a - b)
    const sheet: Cell[] = []
    for (const [i, [value, refersTo]] of list.entries()) {
      sheet[places[i]!] = [value, ...(i === 0 ? [] : refersTo.map(other => places[other % i]!))]
    }
    return sheet
  })

function inOrder(sheet: readonly Cell[]): number[] {
  const values = new Map<number, number>()
  const valueOf = (at: number): number => {
    const known = values.get(at)
    if (known !== undefined) return known
    const [own, ...refersTo] = sheet[at]!
    const value = refersTo.reduce((sum, other) => sum + valueOf(other), own)
    values.set(at, value)
    return value
  }
  return sheet.map((_, i) => valueOf(i))
}

describe.each([0, 1, 2, 4])('with %i threads', threads => {
  const pool = new Pool({ threads })
  afterAll(() => pool.close())

  it('random graphs of IVars come to what they come to in order', async () => {
    await fc.assert(
      fc.asyncProperty(cells, async sheetOfCells => {
        expect(await pool.run(sheet, sheetOfCells)).toEqual(inOrder(sheetOfCells))
      }),
      { numRuns: 40 },
    )
  })

  it('parMap and parMapReduceRange do', async () => {
    const ns = Array.from({ length: 100 }, (_, i) => i + 1)
    const each = ns.map(n => euler(n))
    expect(await pool.run(eulers, ns)).toEqual(each)
    for (const most of [1, 63, 64, 65, 100]) {
      expect(await pool.run(sumEuler, most)).toBe(each.slice(0, most).reduce((a, b) => a + b, 0))
    }
  })
})
