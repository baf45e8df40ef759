import { NotSendableError, Pool, TaskError } from 'filch'
import { afterAll, describe, expect, it } from 'vitest'

import { SOLO } from '../support/mode.ts'
import { cells, fib } from '../pool/basic.tasks.ts'
import { child } from '../pool/child.ts'
import { failure } from '../pool/settle.ts'
import * as tasks from './errors.tasks.ts'

const error = (name: string, message: string, more: object = {}): object => ({
  class: name,
  name,
  message,
  own: {},
  stacked: true,
  ...more,
})
const refusal = (path: string): unknown => expect.objectContaining({ code: 'ERR_FILCH_NOT_SENDABLE', path })
const refused: unknown = expect.objectContaining({ class: 'NotSendableError', name: 'NotSendableError' })

/** What docs/values.md promises of each, after it has crossed. */
const promised: Readonly<Record<string, unknown>> = {
  null: { object: 'null' },
  undefined: { undefined: 'undefined' },
  number: { number: 'NaN' },
  string: { string: 'text' },
  boolean: { boolean: 'false' },
  bigint: { bigint: '100000000000000000000' },
  object: { object: { status: 404, list: [1] } },
  symbol: refused,
  function: refused,
  promise: refused,
  instance: refused,
  error: error('Error', 'plain', { cause: { object: { why: 'because' } } }),
  typeError: error('TypeError', 'typed'),
  frozen: error('RangeError', 'frozen'),
  cyclic: error('Error', 'cyclic', { cause: 'itself', own: { cause: 'Error: cyclic' } }),
  cyclicPair: expect.objectContaining({
    message: 'one',
    cause: expect.objectContaining({ message: 'two', cause: expect.objectContaining({ message: 'one' }) }),
  }),
  aggregate: error('AggregateError', 'many', {
    errors: [error('TypeError', 'a'), { object: 'null' }, { string: 'b' }],
  }),
  dom: error('DOMException', 'dom', { name: 'DataCloneError' }),
  registered: error('Registered', 'mine', {
    name: 'TypeError',
    own: { code: 'E_REGISTERED', detail: '[object Object]' },
  }),
  unknown: error('RangeError', 'theirs', { name: 'Unknown', own: { more: '5', name: 'Unknown' } }),
  system: error('Error', 'no file', { own: { code: 'ENOENT', errno: '-2' } }),
  property: error('Error', 'with a function', { own: { fn: '[not sent: a function that is not a task]', kept: '1' } }),
  getter: expect.objectContaining({ class: 'Error', message: '[not sent: reading it threw]' }),
  proxy: expect.objectContaining({ class: 'Error', message: '[not sent: reading it threw]' }),
  proxyOfAll: refused,
  revoked: refused,
}

it('there is a promise for everything that the tasks throw', () => {
  expect(Object.keys(promised)).toEqual(tasks.kinds)
})

describe.for([0, 1, 2])('with %s threads', threads => {
  const pool = new Pool({ threads })
  afterAll(() => pool.close())

  describe.for(tasks.kinds)('a thrown thing (%s)', kind => {
    it('arrives as promised at whoever awaits the run, once', async () => {
      const ends: unknown[] = []
      await pool.run(tasks.raise, kind).then(
        value => ends.push({ value }),
        (thrown: unknown) => ends.push({ thrown: tasks.seen(thrown) }),
      )
      expect(await pool.run(fib, 5)).toBe(5)
      expect(ends).toEqual([{ thrown: promised[kind] }])
    })

    it('passes through the join of a stolen fork', async () => {
      expect(tasks.seen(await failure(pool.run(tasks.passOn, kind, cells(1))))).toEqual(promised[kind])
    })
  })

  // In 1:1 mode a single worker may take the fork, or not.
  it.skipIf(SOLO && threads === 1).for(['a', 'b', 'ab', ''])(
    'both sides of a fork end before an error leaves (bad: "%s")',
    async bad => {
      for (let round = 0; round < 50; round++) {
        const shared = cells(3)
        const end = pool.run(tasks.sides, shared, bad)
        if (bad === '') expect(await end).toBe(1)
        else {
          const error = (await failure(end)) as Error & { suppressed?: Error[] }
          // The side that the caller runs comes first in the program.
          expect(error).toEqual(new RangeError(bad === 'b' ? 'side 1' : 'side 0'))
          const other = (error.suppressed ?? []).map(({ message }) => message)
          expect(other).toEqual(bad === 'ab' && threads > 1 ? ['side 1'] : [])
        }
        // Where nobody has taken the fork it is dropped when the other side throws.
        expect([...shared.subarray(0, 2)]).toEqual([1, bad.includes('a') && threads < 2 ? 0 : 1])
      }
    },
  )

  it('forks that a caught error has left behind are out of the way', async () => {
    const shared = cells(4)
    expect(await pool.run(tasks.abandon, shared, 2000)).toBe(5 * 2000)
    expect(shared[0]).toBe(2000)
    expect(pool.runSync(tasks.abandon, shared, 500)).toBe(5 * 500)
    expect(await pool.run(tasks.forget, cells(4))).toBe(5)
    expect(await pool.run(fib, 15)).toBe(610)
  })

  it.for([
    ['plain', tasks.overflow],
    ['with forks pending', tasks.overflowForking],
    ['in forks', tasks.overflowInFork],
    ['in scopes', tasks.overflowInScope],
  ] as const)('an overflow of the stack is an ordinary error (%s)', async ([, overflow]) => {
    expect(await failure(pool.run(overflow, 0))).toBeInstanceOf(RangeError)
    expect(() => pool.runSync(overflow, 0)).toThrow(RangeError)
    expect(await Promise.all([pool.run(fib, 18), pool.run(fib, 18)])).toEqual([2584, 2584])
    expect(pool.runSync(fib, 18)).toBe(2584)
  })

  it('an overflow of the stack may be caught in the task', async () => {
    const gate = cells(1)
    for (let round = 0; round < 10; round++) expect(await pool.run(tasks.catchOverflow, gate)).toBe(610)
    expect(gate[0]).toBe(10)
  })

  it('an error has the stack of the task and of whoever has awaited it', async () => {
    const { stack } = (await failure(pool.run(tasks.raise, 'error'))) as Error
    expect(stack).toMatch(/Error: plain\n[^]*errors\.tasks\.ts[^]*awaited at[^]*errors\.test\.ts/)
  })

  it('a promise is not a result', async () => {
    const error = await failure(pool.run(tasks.promise))
    expect(error).toBeInstanceOf(TaskError)
    expect(error).toMatchObject({ code: 'ERR_FILCH_PROMISE' })
    expect(await failure(pool.run(tasks.callable))).toMatchObject({ code: 'ERR_FILCH_PROMISE' })
    expect(() => pool.runSync(tasks.promise)).toThrow(TaskError)
  })

  it('what cannot cross is refused by its path', async () => {
    const bad = { user: { save: () => 1 } }
    expect(await failure(pool.run(tasks.take, bad))).toEqual(refusal('args[0].user.save'))
    expect(await failure(pool.run(tasks.take, [new Map([['k', Symbol('x')]])]))).toBeInstanceOf(NotSendableError)
    for (const kind of ['symbol', 'function', 'instance', 'revoked']) {
      expect(await failure(pool.run(tasks.giveBack, kind))).toEqual(refusal('result'))
    }
    const fine = ['ERR_FILCH_NOT_SENDABLE', 55]
    expect(await pool.run(tasks.forkBad)).toEqual(['args[0].user.save', ...fine])
    expect(await pool.run(tasks.spawnBad)).toEqual(['args[0][1]', ...fine])
    expect(pool.runSync(tasks.forkBad)).toEqual(['args[0].user.save', ...fine])
    expect(await pool.run(tasks.take, { fine: true })).toEqual({ fine: true })
  })

  it('who asks for statistics within a task does no harm', () => {
    tasks.here.pool = pool
    for (let round = 0; round < 3; round++) expect(pool.runSync(tasks.askStats)).toEqual(['kept', 144, true])
  })
})

describe('at the join of a stolen fork', () => {
  const pool = new Pool({ threads: 2 })
  afterAll(() => pool.close())

  it.for(tasks.kinds)('a thrown thing (%s) arrives as promised', async kind => {
    expect(await pool.run(tasks.tell, kind, cells(1))).toEqual(promised[kind])
  })

  it('an error has the stack of the thread that threw and of the one that joined', async () => {
    const stack = (await pool.run(tasks.tellStack, cells(1))) as string
    expect(stack).toMatch(/Error: plain\n[^]*raiseAtGate[^]*awaited at[^]*tellStack/)
  })
})

describe.for(['--opt', '--no-opt'])('an overflow of the stack (%s)', flag => {
  it('does no harm at any depth', { timeout: 60_000 }, async () => {
    const flags = flag === '--opt' ? [] : [flag]
    expect(await child('overflow.mjs', { flags, deadline: 50_000 })).toMatchObject({ code: 0, signal: null, err: '' })
  })
})
