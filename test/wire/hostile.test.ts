import { describe, expect, it } from 'vitest'

import { CorruptError } from '../../src/errors.ts'
import { Reader } from '../../src/wire/reader.ts'
import * as tag from '../../src/wire/tags.ts'
import { Writer } from '../../src/wire/writer.ts'
import { FakeCarrier } from './fake-carrier.ts'

const carrier = new FakeCarrier([new SharedArrayBuffer(16)], [() => 1])
const reader = new Reader(carrier)

const head = (kind: number, payload = 0): number => (payload << tag.TAG_BITS) | kind

/** Reads one value; what is not a value must be a CorruptError. Answers whether it was a value. */
function read(words: Int32Array, at = 0, end = words.length): boolean {
  try {
    reader.begin(words, at, end, false)
    reader.value()
    return true
  } catch (error) {
    if (!(error instanceof CorruptError)) throw error
    return false
  }
}

/** Repeats the same numbers every run (mulberry32). */
function randomInts(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return t ^ (t >>> 14)
  }
}

describe('words that no writer wrote', () => {
  it('are a value or a CorruptError, a million at random', () => {
    const random = randomInts(1)
    const words = new Int32Array(1e6)
    // Half of them with small payloads, which get further than those that promise millions of parts.
    for (let i = 0; i < words.length; i++) words[i] = random() >> (random() & 1 ? 22 : 0)
    const before = process.memoryUsage().rss
    let values = 0
    for (let at = 0; at < words.length; at += 3) values += Number(read(words, at, Math.min(at + 300, words.length)))
    expect(values).toBeGreaterThan(1000)
    expect(process.memoryUsage().rss - before).toBeLessThan(2e8)
  })

  it('are a value or a CorruptError, where one word of a true message is another', () => {
    const random = randomInts(2)
    const writer = new Writer(carrier)
    const cycle: unknown[] = [new Error('x', { cause: /a/g }), new DOMException('a', 'b'), new Uint8Array(9), 2n ** 70n]
    cycle.push(new Map([[cycle, new Set(['text', 'д'])]]), Object.assign(new Array(99), { 50: 1 }), {
      a: 1.5,
      b: [cycle],
    })
    cycle.push(new DataView(new SharedArrayBuffer(16)), Object(1), new Date(0), Object.create(null))
    writer.begin()
    writer.value(cycle, 'value')
    const message = writer.words.slice(0, writer.length)
    expect(read(message)).toBe(true)
    for (let round = 0; round < 96; round++) {
      for (let i = 0; i < message.length; i++) {
        const kept = message[i] as number
        message[i] = round < 64 ? kept ^ (1 << (round & 31)) : random() >> (random() & 31)
        read(message)
        message[i] = kept
      }
    }
    for (let end = 0; end < message.length; end++) expect(read(message, 0, end)).toBe(false)
  })

  it.each([
    ['nothing', []],
    ['memory that nobody wrote', [0, 0, 0]],
    ['an unknown tag', [31]],
    ['an unknown constant', [head(tag.CONSTANT, 9)]],
    ['a string longer than the message', [head(tag.ASCII, 8), 0]],
    ['an array longer than the message', [head(tag.ARRAY, tag.MAX_COUNT), 0]],
    ['a map longer than the message', [head(tag.MAP, 1), 33]],
    ['a buffer longer than the message', [tag.BUFFER, -1, 0]],
    ['a reference to an object that is not there', [head(tag.REF, 0)]],
    ['a view of itself', [head(tag.VIEW, 2), 0, 0, head(tag.REF, 0)]],
    ['a view over an array', [head(tag.VIEW, 2), 0, 1, head(tag.ARRAY, 0)]],
    ['a view beyond its buffer', [head(tag.VIEW, 2), 0, 5, tag.BUFFER, 4, 0]],
    ['a view between elements', [head(tag.VIEW, 5), 1, 1, tag.BUFFER, 8, 0, 0]],
    ['an unknown view', [head(tag.VIEW, 99), 0, 0, tag.BUFFER, 0]],
    ['a buffer that nobody shares', [tag.SHARED, 77]],
    ['a task that nobody declared', [tag.TASK, -1]],
    ['a key that is a number', [head(tag.OBJECT, 1), head(tag.SMALL, 1), head(tag.SMALL, 1)]],
    ['an element beyond the length', [head(tag.SPARSE, 1), 3, 3, head(tag.SMALL, 1)]],
    ['an expression that is none', [tag.REGEXP, head(tag.ASCII, 1), 0x28, head(tag.ASCII, 0)]],
    ['digits that are none', [tag.BIGINT, head(tag.ASCII, 1), 0x7a]],
    ['a box around nothing', [tag.BOX, tag.UNDEFINED]],
    ['nesting without end', new Array<number>(5000).fill(head(tag.ARRAY, 1))],
  ])('are refused: %s', (_, words) => {
    expect(read(Int32Array.from(words))).toBe(false)
  })

  it('reserve no memory for an array of nothing but holes', () => {
    const before = process.memoryUsage().rss
    for (let i = 0; i < 50; i++) expect(read(Int32Array.from([tag.SPARSE, 3e7]))).toBe(true)
    expect(process.memoryUsage().rss - before).toBeLessThan(1e8)
  })

  it('are not read beyond the words that there are', () => {
    for (const [at, end] of [
      [-1, 1],
      [2, 1],
      [0, 9],
      [NaN, 1],
      [0.5, 1],
    ]) {
      // prettier-ignore
      expect(() => reader.begin(new Int32Array(4), at as number, end as number, false)).toThrow(CorruptError)
    }
  })

  it('pollute no prototype', () => {
    const writer = new Writer(carrier)
    writer.begin()
    writer.value(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'), 'value')
    expect(read(writer.words, 0, writer.length)).toBe(true)
    expect('polluted' in {}).toBe(false)
  })
})
