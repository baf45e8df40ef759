import { strictEqual } from 'node:assert/strict'

import * as fc from 'fast-check'
import { describe, it } from 'vitest'

import { Holders } from '../../../src/lockfree/holders.ts'
import { Arena } from '../../../src/memory/arena.ts'
import { arenas } from '../../support/arenas.ts'

const SEATS = 70
const [FLIGHT, MOVES, BITS] = [Arena.start, Arena.start + 1, Arena.start + 2]

/** Seats send holds to each other, let go, and die; a set and a count say who has it. */
function follow(steps: readonly [kind: number, from: number, to: number][]): void {
  const [arena] = arenas(1, BITS + Holders.groups(SEATS)) as [Arena]
  const holders = new Holders(arena, BITS, Holders.groups(SEATS), FLIGHT, MOVES)
  const seats = new Set([0])
  let flight = 0
  holders.join(0)
  for (const [kind, from, to] of steps) {
    const holder = [...seats][from % Math.max(1, seats.size)]
    const over = (): boolean => seats.size === 0 && flight === 0
    if (kind <= 1 && holder !== undefined) {
      holders.depart()
      flight++
    } else if (kind === 2 && flight > 0) {
      if (!seats.has(to)) holders.join(to)
      seats.add(to)
      flight--
      strictEqual(holders.arrive(), false)
    } else if (kind === 3 && flight > 0) {
      flight--
      strictEqual(holders.arrive(), over(), 'recalled')
    } else if (kind >= 4 && holder !== undefined) {
      seats.delete(holder)
      strictEqual(kind === 4 ? holders.leave(holder) : holders.bury(holder), over())
    }
    strictEqual(holders.none(), over())
  }
}

describe('holders', () => {
  it('are there until the last has let go, or died (I1, I2)', () => {
    const step = fc.tuple(fc.nat(5), fc.nat(100), fc.nat(SEATS - 1))
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), follow), { numRuns: 500 })
  })
})
