import { FilchError, OptionError, Pool, type PoolOptions } from 'filch'
import { afterEach, describe, expect, it } from 'vitest'

import { add } from './basic.tasks.ts'
import { failure } from './settle.ts'

const { FILCH_THREADS: inherited } = process.env

function setThreads(text: string | undefined): void {
  if (text === undefined) delete process.env['FILCH_THREADS']
  else process.env['FILCH_THREADS'] = text
}

afterEach(() => setThreads(inherited))

/** How many threads a pool of these options has. */
async function threadsOf(options?: PoolOptions): Promise<number> {
  await using pool = new Pool(options)
  expect(await pool.run(add, 1, 2)).toBe(3)
  return pool.threads
}

describe('FILCH_THREADS', () => {
  it.for([
    ['0', 0],
    ['1', 1],
    ['3', 3],
    [' 4 ', 4],
    ['02', 2],
  ] as const)('%j is taken for %s threads', async ([text, threads]) => {
    setThreads(text)
    expect(await threadsOf()).toBe(threads)
  })

  it.for(['', '  '])('%j counts as not set', async text => {
    setThreads(undefined)
    const threads = await threadsOf()
    setThreads(text)
    expect(await threadsOf()).toBe(threads)
    expect(threads).toBeGreaterThan(0)
  })

  it.for(['-1', '1e9', 'NaN', '0x10', '4;rm', '2.5', '1000000', '511', '999', '٣', '+1', '1'.repeat(10_000)])(
    'text %# is refused',
    text => {
      setThreads(text)
      expect(() => new Pool()).toThrow(OptionError)
      try {
        void new Pool()
      } catch (error) {
        expect((error as FilchError).code).toBe('ERR_FILCH_OPTION')
        expect((error as Error).message.length).toBeLessThan(300)
      }
    },
  )

  it('gives way to an option', async () => {
    setThreads('3')
    expect(await threadsOf({ threads: 1 })).toBe(1)
  })
})

describe('the options of a pool', () => {
  it.for([
    null,
    5,
    'threads',
    { thread: 1 },
    { ['__proto__x']: 1 },
    JSON.parse('{"__proto__": {"threads": 1}}'),
    { threads: -1 },
    { threads: 1.5 },
    { threads: Number.NaN },
    { threads: Infinity },
    { threads: 511 },
    { threads: '2' },
    { threads: null },
    { threads: 2n },
    { threads: [2] },
    { threads: Symbol('2') },
    { name: '' },
    { name: 5 },
    { stackSizeMb: 0 },
    { stackSizeMb: -1 },
    { stackSizeMb: Number.NaN },
    { stackSizeMb: 1e9 },
    { stackSizeMb: '4' },
    { maxHeapMb: 1 },
    { maxHeapMb: Number.NaN },
    { maxHeapMb: '64' },
    { maxHeapMb: null },
    { immutability: 'Freeze' },
    { immutability: true },
    { immutability: 'constructor' },
  ] as unknown[])('%o are refused', options => {
    expect(() => new Pool(options as PoolOptions)).toThrow(OptionError)
  })

  it('are its own: what they inherit is not looked at', async () => {
    const options = Object.create({ threads: -5, nonsense: 1 }) as { threads?: number }
    options.threads = 1
    expect(await threadsOf(options)).toBe(1)
    setThreads('1')
    expect(await threadsOf(Object.create({ threads: 3 }) as PoolOptions)).toBe(1)
  })

  it('may be undefined each, as if not given', async () => {
    const none: unknown = { threads: 1, name: undefined, stackSizeMb: undefined, immutability: undefined }
    expect(await threadsOf(none as PoolOptions)).toBe(1)
    setThreads('2')
    expect(await threadsOf({ threads: undefined, maxHeapMb: undefined } as unknown as PoolOptions)).toBe(2)
  })
})

describe('the options of a run', () => {
  it.for([
    null,
    5,
    'signal',
    { signals: 1 },
    { signal: {} },
    { signal: null },
    { timeout: -1 },
    { timeout: '5' },
    { onProgress: 5 },
    { onProgress: null },
  ] as unknown[])('%o are refused', async options => {
    await using pool = new Pool({ threads: 0 })
    expect(await failure(pool.runWith(options as object, add, 1, 2))).toBeInstanceOf(OptionError)
    expect(await pool.runWith({}, add, 1, 2)).toBe(3)
  })

  it.for([undefined, null, 5, 'add', {}, () => 1, Math.max, class {}])('%o is no task', async given => {
    const what = given as typeof add
    await using pool = new Pool({ threads: 0 })
    const notTask = expect.objectContaining({ name: 'TaskError', code: 'ERR_FILCH_NOT_TASK' }) as Error
    expect(await failure(pool.run(what, 1, 2))).toEqual(notTask)
    expect(await failure(pool.runWith({}, what, 1, 2))).toEqual(notTask)
    expect(await failure(pool.broadcast(what, 1, 2))).toEqual(notTask)
    expect(() => pool.runSync(what, 1, 2)).toThrow(notTask)
  })
})
