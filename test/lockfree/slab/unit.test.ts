import { describe, expect, it } from 'vitest'

import { Slab } from '../../../src/lockfree/slab.ts'
import { Arena } from '../../../src/memory/arena.ts'
import { arenas } from '../../support/arenas.ts'

const AT = Arena.start

const make = (): { home: Slab; far: Slab; arena: Arena; fresh: number[]; take: (count: number) => number[] } => {
  const [arena, other] = arenas(2, AT + Slab.words) as [Arena, Arena]
  const home = new Slab(arena, AT, 32, 1, 4)
  const fresh: number[] = []
  const take = (count: number): number[] =>
    Array.from({ length: count }, () => home.allocate(record => void fresh.push(record)))
  return { home, far: new Slab(other, AT, 32, 1, 4), arena, fresh, take }
}

describe('a slab', () => {
  it('prepares each record once, a chunk at a time', () => {
    const { take, fresh, home, arena } = make()
    const first = take(1)
    expect([first[0], fresh.length]).toEqual([fresh[0], 4])
    home.free(first[0]!)
    const all = take(9)
    expect([fresh.length, new Set(all).size]).toEqual([12, 9])
    expect(all.every(record => record % 32 === 0 && record + 32 <= arena.used)).toBe(true)
  })

  it('gives back at home what was freed last, and carves nothing', () => {
    const { take, home, arena } = make()
    const [a, b, c, d] = take(4) as [number, number, number, number]
    const { used } = arena
    for (const record of [b, d, a, c]) home.free(record)
    expect(take(4)).toEqual([c, a, d, b])
    expect(arena.used).toBe(used)
  })

  it('takes what others have freed once its own list is empty (I1)', () => {
    const { take, home, far, arena } = make()
    const [a, b, c, d] = take(4) as [number, number, number, number]
    const { used } = arena
    far.freeRemotely(a)
    far.freeRemotely(b)
    home.free(c)
    expect(take(1)).toEqual([c])
    far.freeRemotely(d)
    expect(take(3)).toEqual([d, b, a])
    expect(arena.used).toBe(used)
  })

  it('makes its own list anew from what is idle, and leaves what others have freed where it is (I2)', () => {
    const { take, home, far, arena } = make()
    const [a, b, c, d] = take(4) as [number, number, number, number]
    const { used } = arena
    home.free(a)
    far.freeRemotely(b)
    // `c` is in use; `d` was lost by a thread that died.
    expect([...far.atHome()]).toEqual([a])
    far.rebuild([a, d])
    expect(take(3).toSorted((x, y) => x - y)).toEqual([a, b, d])
    expect(arena.used).toBe(used)
    expect(take(1)).not.toContain(c)
  })

  it('goes on for the heir of a seat, whose view is newer', () => {
    const { take, home, arena } = make()
    const records = take(5)
    for (const record of records) home.free(record)
    const { used } = arena
    const heir = new Slab(new Arena(arena.memory), AT, 32, 1, 4)
    const again = Array.from({ length: 8 }, () => heir.allocate(() => {}))
    expect([new Set(again).size, arena.used]).toEqual([8, used])
  })

  it('refuses a size that is not a whole number of granules', () => {
    const [arena] = arenas(1) as [Arena]
    expect(() => new Slab(arena, AT, 33, 1, 4)).toThrow(RangeError)
  })
})
