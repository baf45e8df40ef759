import { once } from 'node:events'
import { Readable } from 'node:stream'

import { par, Pool } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import * as tasks from './outside.tasks.ts'

const pools = [0, 1, 2, 8].map(threads => new Pool({ threads }))
afterAll(() => Promise.all(pools.map(pool => pool.close())))

describe('on a pool', () => {
  it('is told how many elements are done', async () => {
    for (const pool of pools) {
      const seen: number[] = []
      expect(
        await par
          .on(pool, { onProgress: done => seen.push(done) })(5000)
          .map(tasks.slow)
          .count(),
      ).toBe(5000)
      expect(seen.at(-1)).toBe(5000)
      expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    }
  })

  it('ends at a signal, in the middle of a chain', async () => {
    for (const pool of pools.slice(1)) {
      const abort = new AbortController()
      const seen = new EventTarget()
      const running = par
        .on(pool, { signal: abort.signal, onProgress: () => seen.dispatchEvent(new Event('progress')) })(1_000_000_000)
        .map(tasks.slow)
        .sum()
      await once(seen, 'progress')
      abort.abort()
      await expect(running).rejects.toMatchObject({ code: 'ERR_FILCH_CANCELED' })
      // The workers are free again.
      expect(await par.on(pool)(10).sum()).toBe(45)
    }
  })

  it('fails when a thread is lost in the middle, and goes on with another', async () => {
    for (const pool of pools.slice(1)) {
      await expect(par.on(pool)(10_000).map(tasks.leaving).map(tasks.slow).count()).rejects.toMatchObject({
        code: 'ERR_FILCH_WORKER_LOST',
      })
      expect(
        await par
          .on(pool)(10_000)
          .map(tasks.refusing)
          .filter(x => x < 5)
          .count()
          .catch(String),
      ).toMatch(/bad 3333/)
      expect(await par.on(pool)(3000).map(tasks.slow).count()).toBe(3000)
    }
  })

  it('refuses options that it does not know', async () => {
    await expect(
      par
        .on(pools[0]!, { size: 3 } as never)(3)
        .sum(),
    ).rejects.toThrow(/size.*There are: signal/)
    await expect(
      par
        .on(
          pools[0]!,
          null as never,
        )(3)
        .sum(),
    ).rejects.toThrow(/options is null/)
  })
})

/** Counts how many were asked for, and whether it was ended. */
class Counter {
  asked = 0
  ended = false
  async *upTo(count: number): AsyncGenerator<number, void, undefined> {
    try {
      while (this.asked < count) yield this.asked++
    } finally {
      this.ended = true
    }
  }
}

describe('a bridge', () => {
  it('gives results in the order of the source', async () => {
    const wanted = Array.from({ length: 5000 }, (_, i) => i * 2 + 1)
    for (const pool of pools) {
      for (const batch of [1, 7, 1024, 9999]) {
        const count = batch === 1 ? 100 : 5000
        const source = new Counter()
        const made = par
          .bridge(source.upTo(count), { pool, batch, ahead: 3 })
          .with({ k: 2 })
          .map((x, { k }) => x * k + 1)
        expect(await made.toArray()).toEqual(wanted.slice(0, count))
        expect(source.ended).toBe(true)
      }
      const bridge = (): ReturnType<typeof par.bridge<number>> => par.bridge(new Counter().upTo(5000), { pool })
      expect(
        await bridge()
          .filter(x => x % 2 === 0)
          .count(),
      ).toBe(2500)
      expect(await bridge().sum()).toBe(12_497_500)
      expect(
        await bridge()
          .map(x => `${x % 10}`)
          .reduce((a, b) => a + b, ''),
      ).toBe('0123456789'.repeat(500))
      expect(
        await bridge()
          .filterMap(x => (x % 1000 === 0 ? x : undefined))
          .flatMap(x => [x, -x])
          .toArray(),
      ).toEqual([0, -0, 1000, -1000, 2000, -2000, 3000, -3000, 4000, -4000])
      await bridge().forEach(tasks.slow)
    }
  })

  it('looks ahead so far and no further, and ends a source that it leaves', async () => {
    for (const pool of pools) {
      const source = new Counter()
      const seen: number[] = []
      for await (const x of par.bridge(source.upTo(1e9), { pool, batch: 10, ahead: 4 }).map(x => x * 3)) {
        seen.push(x)
        expect(source.asked).toBeLessThanOrEqual(10 * (4 + Math.ceil(seen.length / 10)))
        if (seen.length === 95) break
      }
      expect(seen).toEqual(Array.from({ length: 95 }, (_, i) => i * 3))
      expect(source.ended).toBe(true)
    }
  })

  it('reads streams and what is not asynchronous', async () => {
    const [pool] = pools as [Pool]
    expect(
      await par
        .bridge(Readable.from(['a', 'b', 'c']), { pool })
        .map(x => `${String(x)}!`)
        .toArray(),
    ).toEqual(['a!', 'b!', 'c!'])
    expect(await par.bridge(new Set([1, 2, 3])).sum()).toBe(6)
  })

  it('fails with the first error in order, and with that of its source', async () => {
    for (const pool of pools) {
      const source = new Counter()
      await expect(
        par.bridge(source.upTo(9000), { pool, batch: 100 }).map(tasks.refusing).count(),
      ).rejects.toMatchObject({
        name: 'RangeError',
        message: 'bad 3333',
        index: 3333,
      })
      expect(source.ended).toBe(true)
      await expect(par.bridge(broken(), { pool }).toArray()).rejects.toThrow('no more')
    }
    expect(() => par.bridge(5 as never)).toThrow(/source is 5\. Give an iterable/)
    expect(() => par.bridge([], { batch: 0 })).toThrow(/batch is 0/)
    expect(() => par.bridge([], { batches: 3 } as never)).toThrow(
      /par.bridge: an option is "batches". There are: pool,/,
    )
    expect(() => par.bridge([], null as never)).toThrow(/par.bridge: the options is null/)
    expect(() => par.bridge([1]).map(3 as never)).toThrow(/map got 3/)
  })
})

// oxlint-disable-next-line typescript/require-await -- a source that fails as one does that waits
async function* broken(): AsyncGenerator<number> {
  yield 1
  throw new Error('no more')
}
