import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { Line } from '../../src/live/line.ts'
import { Queue } from '../../src/live/queue.ts'

class One {
  place = 0
  readonly id: number
  readonly wait: { over: boolean; covers(wait: object): boolean }
  constructor(id: number, over: boolean) {
    this.id = id
    const wait = { over, covers: (other: object) => other === wait }
    this.wait = wait
  }
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'push' as const, by: 0 }) },
  { weight: 2, arbitrary: fc.nat({ max: 200 }).map(by => ({ kind: 'remove' as const, by })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'first' as const, by: 0 }) },
)

describe('lines', () => {
  it('a line is an array whose elements leave from anywhere', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.nat({ max: 100 }), (steps, before) => {
        const [line, other, array] = [new Line<One>(), new Line<One>(), [] as One[]]
        const add = (id: number): void => {
          const one = new One(id, id % 7 === 0)
          line.push(one)
          array.push(one)
          // In two lines, as whoever selects: where it stands in the first must be found all the same.
          if (id % 5 === 0) other.push(one)
        }
        for (let id = 0; id < before; id++) add(id)
        for (const [at, { kind, by }] of steps.entries()) {
          if (kind === 'push') add(1000 + at)
          else {
            const one = kind === 'first' ? line.first : array[by % Math.max(1, array.length)]
            if (one !== undefined) {
              expect(line.remove(one)).toBe(true)
              expect(line.remove(one)).toBe(false)
              array.splice(array.indexOf(one), 1)
            }
          }
          expect(line.length).toBe(array.length)
          expect(line.first).toBe(array[0])
          const middle = array[by % Math.max(1, array.length)]
          if (middle !== undefined) {
            const preceded = array.slice(0, array.indexOf(middle)).some(one => !one.wait.over)
            expect(line.precedes(middle.wait)).toBe(preceded)
          }
        }
        while (line.first !== undefined) {
          expect(line.first).toBe(array.shift())
          line.remove(line.first)
        }
        expect(array).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('a queue is an array that is pushed and shifted', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), steps => {
        const [queue, array] = [new Queue<number>(), [] as number[]]
        for (const [at, { kind, by }] of steps.entries()) {
          if (kind === 'push') {
            queue.push(at)
            array.push(at)
          } else if (kind === 'first') expect(queue.shift()).toBe(array.shift())
          else if (array.length > 0) {
            const item = array[by % array.length]!
            queue.remove(item)
            array.splice(array.indexOf(item), 1)
          }
          expect(queue.length).toBe(array.length)
        }
        for (const item of array) expect(queue.shift()).toBe(item)
        expect(queue.shift()).toBe(undefined)
      }),
      { numRuns: 300 },
    )
  })
})
