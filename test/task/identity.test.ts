import { describe, expect, it } from 'vitest'

import { TaskError } from '../../src/errors.ts'
import { enlist, recordAt, recordByKey, recordOf } from '../../src/scheduler/tasks.ts'
import { callerUrl, identify } from '../../src/task/identity.ts'

const never = (): string => ''
const add = (a: number, b: number): number => a + b

describe('the identity of a task', () => {
  it('is the how-many-eth declaration of its module, counted for each', () => {
    const names = ['file:///a.ts', 'file:///b.ts', 'file:///a.ts', 'file:///a.ts'].map(url => identify(url))
    expect(names.map(({ url, ordinal }) => `${url}#${ordinal}`)).toEqual([
      'file:///a.ts#0',
      'file:///b.ts#0',
      'file:///a.ts#1',
      'file:///a.ts#2',
    ])
  })

  it('comes from the module that calls, whatever is done to stacks', () => {
    const { prepareStackTrace, stackTraceLimit } = Error
    const declare = (): string => callerUrl(declare)
    try {
      for (const limit of [0, 10]) {
        Error.stackTraceLimit = limit
        Error.prepareStackTrace = () => 'another'
        const prepare = Error.prepareStackTrace
        expect(declare()).toMatch(/^file:\/\/.*\/test\/task\/identity\.test\.ts$/)
        expect([Error.stackTraceLimit, Error.prepareStackTrace]).toEqual([limit, prepare])
      }
    } finally {
      Error.stackTraceLimit = stackTraceLimit
      Error.prepareStackTrace = prepareStackTrace
    }
  })

  it('is asked for where no module can be told', () => {
    expect(() => callerUrl(never)).toThrow(TaskError)
  })
})

describe('the list of tasks', () => {
  it('finds a task by function, by place and by key', () => {
    const record = enlist(add, 'file:///list.ts', '0')
    expect([record.arity, record.url, record.label]).toEqual([2, 'file:///list.ts', 'add (task 0 of file:///list.ts)'])
    expect([recordOf(add), recordAt(record.index), recordByKey(record.key)]).toEqual([record, record, record])
    expect([recordOf(() => {}), recordByKey([1, 1])]).toEqual([undefined, undefined])
  })

  it('refuses a name twice', () => {
    enlist(() => 1, 'file:///twice.ts', '0')
    expect(() => enlist(() => 2, 'file:///twice.ts', '0')).toThrow(TaskError)
  })

  it('gives 10 000 names keys that differ in both halves, and source texts that differ a hash that does', () => {
    const records = Array.from({ length: 10_000 }, (_, n) => enlist(() => n, `file:///m${n % 100}.ts`, `${n}`))
    expect(new Set(records.map(({ key }) => key.join())).size).toBe(10_000)
    expect(records.every(({ key, source }) => key[0] !== 0 && key[1] !== 0 && source !== 0)).toBe(true)
    // In 32 bits, 10 000 names collide about once in a hundred such lists; both halves of one pair would tell of a bad hash.
    expect(new Set(records.map(({ key }) => key[0])).size).toBeGreaterThan(9_998)
    expect(new Set(records.map(({ key }) => key[1])).size).toBeGreaterThan(9_998)
    const [one, other] = [enlist(a => a + 1, 'file:///s.ts', '0'), enlist(a => a + 2, 'file:///s.ts', '1')]
    expect(one.source).not.toBe(other.source)
  })
})
