import { describe, expect, it } from 'vitest'

import {
  add,
  and,
  exchange,
  load,
  notify,
  or,
  pause,
  replace,
  store,
  wait,
  waitAsync,
} from '../../src/memory/atomics.ts'

const make = (value: number): Int32Array => new Int32Array(new SharedArrayBuffer(8)).fill(value)

describe('atomics', () => {
  it('return what was there before', () => {
    const words = make(6)
    expect([add(words, 0, 5), or(words, 0, 4), and(words, 0, 13), exchange(words, 0, -1), load(words, 0)]).toEqual([
      6, 11, 15, 13, -1,
    ])
    expect(words[1]).toBe(6)
  })

  it('replace only what was expected', () => {
    const words = make(1)
    expect([replace(words, 1, 2, 3), load(words, 1), replace(words, 1, 1, 3), load(words, 1)]).toEqual([
      false,
      1,
      true,
      3,
    ])
  })

  it('wrap as 32-bit words do', () => {
    const words = make(0)
    store(words, 0, 2 ** 31)
    expect(load(words, 0)).toBe(-(2 ** 31))
    expect(add(words, 0, -1)).toBe(-(2 ** 31))
    expect(load(words, 0)).toBe(2 ** 31 - 1)
  })

  it('do not wait for a word that has changed', () => {
    const words = make(1)
    wait(words, 0, 0, 1_000_000)
    expect(waitAsync(words, 0, 0, () => {})).toBe(false)
    pause()
  })

  it('tell whoever waits, as many as are asked for', async () => {
    const words = make(0)
    const called: number[] = []
    const waiting = [1, 2].map(
      number =>
        new Promise<void>(resolve => {
          expect(
            waitAsync(words, 0, 0, () => {
              called.push(number)
              resolve()
            }),
          ).toBe(true)
        }),
    )
    notify(words, 0, 1)
    await waiting[0]
    expect(called).toEqual([1])
    notify(words, 0, 1)
    await waiting[1]
    expect(called).toEqual([1, 2])
  })
})
