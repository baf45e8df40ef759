import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'

import { describe, expect, it } from 'vitest'

import * as frames from '../../src/scheduler/stack.ts'
import { type Edit, mutant } from '../support/mutant.ts'

type Frames = typeof frames
type Stack = frames.Stack

const refuse = (): never => {
  throw new Error('not expected')
}
const make = ({ bare, BASE }: Frames, salt = 0): Stack => {
  const slow = { full: refuse, publish: refuse, join: refuse, admit: refuse }
  const want = new Int32Array(1)
  return { top: BASE, published: BASE + 1, want, seated: false, slow, frames: bare(), salt }
}
const fork = ({ TICKETS }: Frames, frame: frames.Frame, value: unknown): number => {
  frame.a0 = frame.a7 = value
  return (frame.ticket = (frame.ticket + 1) & TICKETS)
}

const checks: Record<string, (subject: Frames) => void> = {
  'frames lie at their indexes, and after the last there is none': subject => {
    const stack = make(subject)
    const { frames } = stack
    strictEqual(subject.extend(stack, 3), frames[subject.BASE + 1])
    strictEqual(subject.extend(stack, 5), frames[subject.BASE + 4])
    strictEqual(frames.length, subject.BASE + 10)
    for (const [i, frame] of frames.entries()) strictEqual(frame?.index ?? i, i)
    const none = frames.flatMap((frame, i) => (frame === null ? [i] : []))
    deepStrictEqual(none, [subject.OUTSIDE_TOP + 1, frames.length - 1])
  },
  'no handle opens a frame of no task, and each opens that of its own task alone': subject => {
    const stack = make(subject)
    for (const at of [subject.OUTSIDE_TOP, subject.BASE]) ok(stack.frames[at]!.ticket < 0)
    const frame = subject.extend(stack, 1)
    const handles = new Set<number>()
    for (let task = 0; task < 0x8000; task++) {
      frame.task = task
      const handle = frame.ticket ^ subject.seal(task)
      ok(handle >= 0)
      strictEqual(subject.handleOf(frame), handle)
      frame.ticket = ~frame.ticket
      strictEqual(subject.handleOf(frame), handle)
      frame.ticket = ~frame.ticket
      handles.add(handle)
    }
    strictEqual(handles.size, 0x8000)
  },
  'tickets of frames differ, within a thread and between threads, and so do their inverses': subject => {
    const seen = new Set<number>()
    for (let salt = 0; salt < 8; salt++) {
      const stack = make(subject, salt)
      subject.extend(stack, 999)
      for (const frame of stack.frames.slice(subject.BASE + 1, -1) as frames.Frame[]) {
        ok(frame.ticket >= 0 && ~frame.ticket < 0)
        seen.add(frame.ticket)
      }
    }
    strictEqual(seen.size, 8 * 999)
  },
  'a sweep counts the forks since the last and lets go of what they hold': subject => {
    const stack = make(subject)
    subject.extend(stack, 10)
    const value = {}
    for (let n = 0; n < 3; n++) fork(subject, stack.frames[3]!, value)
    for (let n = 0; n < 2; n++) fork(subject, stack.frames[4]!, value)
    strictEqual(subject.sweep(stack.frames), 5)
    ok(stack.frames.every(frame => frame?.a0 === undefined && frame?.a7 === undefined))
    strictEqual(subject.sweep(stack.frames), 0)
    fork(subject, stack.frames[3]!, value)
    strictEqual(subject.sweep(stack.frames), 1)
  },
  'tickets are counted through their wrap': subject => {
    const stack = make(subject)
    subject.extend(stack, 2)
    stack.frames[3]!.ticket = stack.frames[3]!.counted = subject.TICKETS - 1
    for (let n = 0; n < 4; n++) ok(fork(subject, stack.frames[3]!, n) >= 0)
    strictEqual(stack.frames[3]!.ticket, 2)
    strictEqual(subject.sweep(stack.frames), 4)
  },
  'a call gets the arguments that the frame holds, as many as the task has parameters': subject => {
    const frame = new subject.Frame(1, 0)
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
    const frame = new subject.Frame(1, 0)
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
    const frame = new subject.Frame(1, 0)
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
  'the old end stays': [[['  frames[end] = first\n', '']], 'frames lie'],
  'no end': [[['  frames.push(null)\n', '']], 'frames lie'],
  'the base can be joined': [[['frames[OUTSIDE_TOP]!.ticket = frames[BASE]!.ticket = -1', '']], 'no handle opens'],
  'seals collide': [[['(task + 1, 0x9e37)', '(task + 1, 0x9e38)']], 'no handle opens'],
  'an inverted ticket changes the handle': [[['ticket < 0 ? ~ticket : ticket', 'ticket']], 'no handle opens'],
  'tickets without salt': [[['index + salt * 7919', 'index']], 'tickets of frames differ'],
  'the sweep stops early': [[['if (frame === null ||', 'if (i > BASE + 1 || frame === null ||']], 'a sweep counts'],
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
