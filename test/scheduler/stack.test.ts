import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import { describe, expect, it } from 'vitest'

import * as frames from '../../src/scheduler/stack.ts'
import { type Edit, mutant } from '../support/mutant.ts'

type Frames = typeof frames
type Stack = frames.Stack

const refuse = (): never => {
  throw new Error('not expected')
}
const make = ({ Frame }: Frames, salt = 0): Stack => {
  const base = new Frame(0, null, salt)
  const slow = { full: refuse, publish: refuse, join: refuse, admit: refuse }
  return { top: base, published: 1, want: new Int32Array(1), slow, frames: [base], salt }
}
const fork = ({ TICKETS }: Frames, frame: frames.Frame, value: unknown): number => {
  frame.a0 = frame.a7 = value
  return (frame.ticket = (frame.ticket + 1) & TICKETS)
}

const checks: Record<string, (subject: Frames) => void> = {
  'frames are linked both ways, in the order of their indexes': subject => {
    const stack = make(subject)
    strictEqual(subject.extend(stack, 3), stack.frames[1])
    strictEqual(subject.extend(stack, 5), stack.frames[4])
    strictEqual(stack.frames.length, 9)
    for (const [i, frame] of stack.frames.entries()) {
      strictEqual(frame.index, i)
      strictEqual(frame.prev, stack.frames[i - 1] ?? null)
      strictEqual(frame.next, stack.frames[i + 1] ?? null)
    }
  },
  'tickets of frames differ, within a thread and between threads, and so do their inverses': subject => {
    const seen = new Set<number>()
    for (let salt = 0; salt < 8; salt++) {
      const stack = make(subject, salt)
      subject.extend(stack, 999)
      for (const frame of stack.frames) {
        ok(frame.ticket >= 0 && ~frame.ticket < 0)
        seen.add(frame.ticket)
      }
    }
    strictEqual(seen.size, 8000)
  },
  'a sweep counts the forks since the last and lets go of what they hold': subject => {
    const stack = make(subject)
    subject.extend(stack, 10)
    const value = {}
    for (let n = 0; n < 3; n++) fork(subject, stack.frames[1]!, value)
    for (let n = 0; n < 2; n++) fork(subject, stack.frames[2]!, value)
    strictEqual(subject.sweep(stack.frames), 5)
    ok(stack.frames.every(frame => frame.a0 === undefined && frame.a7 === undefined))
    strictEqual(subject.sweep(stack.frames), 0)
    fork(subject, stack.frames[1]!, value)
    strictEqual(subject.sweep(stack.frames), 1)
  },
  'tickets are counted through their wrap': subject => {
    const stack = make(subject)
    subject.extend(stack, 2)
    stack.frames[1]!.ticket = stack.frames[1]!.counted = subject.TICKETS - 1
    for (let n = 0; n < 4; n++) ok(fork(subject, stack.frames[1]!, n) >= 0)
    strictEqual(stack.frames[1]!.ticket, 2)
    strictEqual(subject.sweep(stack.frames), 4)
  },
  'a call gets the arguments that the frame holds, as many as the task has parameters': subject => {
    const frame = new subject.Frame(1, null, 0)
    for (let i = 0; i < subject.FIELDS; i++) frame[`a${i}` as 'a0'] = i
    for (let arity = 0; arity <= subject.FIELDS; arity++) {
      const expected = Array.from({ length: arity }, (_, i) => i)
      deepStrictEqual(
        subject.invoke((...args: unknown[]) => args, arity, frame),
        expected,
      )
      deepStrictEqual(subject.held(frame, arity), expected)
    }
  },
  'more or fewer arguments than parameters arrive as they are, once': subject => {
    const frame = new subject.Frame(1, null, 0)
    frame.a0 = 'of an earlier fork'
    for (const rest of [[], [1], [1, 2, 3, 4, 5, 6, 7, 8, 9]]) {
      frame.rest = rest
      deepStrictEqual(subject.held(frame, 1), rest)
      deepStrictEqual(
        subject.invoke((...args: unknown[]) => args, 1, frame),
        rest,
      )
      strictEqual(frame.rest, undefined)
    }
  },
  'the frame is free when the call begins': subject => {
    const frame = new subject.Frame(1, null, 0)
    for (let arity = 1; arity <= subject.FIELDS; arity++) {
      for (let i = 0; i < subject.FIELDS; i++) frame[`a${i}` as 'a0'] = i
      const got = subject.invoke(
        (...args: unknown[]) => {
          frame.a0 = frame.a7 = 'of a fork of the callee'
          frame.rest = ['its arguments']
          return args
        },
        arity,
        frame,
      )
      strictEqual((got as unknown[])[0], 0)
      deepStrictEqual(frame.rest, ['its arguments'])
      frame.rest = undefined
    }
    frame.rest = [1]
    subject.invoke(() => void (frame.rest = ['its arguments']), 0, frame)
    deepStrictEqual(frame.rest, ['its arguments'])
  },
}

describe('the stack of forks', () => {
  it.for(Object.entries(checks))('%s', ([, check]) => check(frames))
})

const faults: Record<string, [Edit[], found: string]> = {
  'links point one way': [
    [['const frame = new Frame(last.index + 1, last, salt)', 'const frame = new Frame(last.index + 1, null, salt)']],
    'frames are linked',
  ],
  'extend starts a chain of its own': [[['    last.next = frame\n', '']], 'frames are linked'],
  'tickets without salt': [[['index + salt * 7919', 'index']], 'tickets of frames differ'],
  'the sweep stops early': [[['let i = 1; i < frames.length', 'let i = 1; i < 2']], 'a sweep counts'],
  'forks are counted twice': [[['    frame.counted = frame.ticket\n', '']], 'a sweep counts'],
  'the wrap is not counted': [
    [['(frame.ticket - frame.counted) & TICKETS', 'frame.ticket - frame.counted']],
    'tickets are counted',
  ],
  'two arguments swapped': [[['f(frame.a0, frame.a1)', 'f(frame.a1, frame.a0)']], 'a call gets'],
  'the frame is cleared after the call': [
    [
      [
        '    frame.rest = undefined\n    return f(...rest)',
        '    const result = f(...rest)\n    frame.rest = undefined\n    return result',
      ],
    ],
    'the frame is free',
  ],
}

describe('a planted fault is found', () => {
  it.for(Object.entries(faults))('%s', async ([, [edits, found]]) => {
    const faulty = await mutant<Frames>('scheduler/stack.ts', edits)
    const failed = Object.entries(checks).filter(([, check]) => {
      try {
        check(faulty)
        return false
      } catch {
        return true
      }
    })
    expect(failed.map(([name]) => name)).toContainEqual(expect.stringContaining(found))
  })
})
