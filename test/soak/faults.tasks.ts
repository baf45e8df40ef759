import { isMainThread } from 'node:worker_threads'

import { join, task } from 'filch'

/** Work that threads die in. */

/** A tree of forks that carry a text of any length; each leaf marks its cell, and takes its time. */
export const carry = task((cells: Int32Array, from: number, to: number, text: string): number => {
  if (to - from === 1) {
    for (let i = 0; i < 200; i++) Atomics.load(cells, from)
    Atomics.add(cells, from, 1)
    return text.length
  }
  const middle = (from + to) >> 1
  const right = carry.fork(cells, middle, to, text)
  return carry(cells, from, middle, text) + carry.join(right)
})

/** Ways for a thread to end behind a task's back, once the task has ended. */
export const ways = ['timer', 'immediate', 'microtask', 'rejection', 'exit', 'emitter'] as const

export const stray = task((way: (typeof ways)[number], thrown: number): number => {
  if (isMainThread) return 0
  const fail = (): never => {
    throw [new Error('stray'), null, undefined, 'text', Symbol('s'), 10n, Object.freeze(new TypeError('frozen'))][
      thrown
    ]
  }
  if (way === 'timer') setTimeout(fail, 0)
  else if (way === 'immediate') setImmediate(fail)
  else if (way === 'microtask') queueMicrotask(fail)
  else if (way === 'rejection') void Promise.resolve().then(fail)
  else if (way === 'exit') setImmediate(() => process.exit(thrown))
  else process.nextTick(() => process.emit('uncaughtException', new Error('stray')) || process.exit(1))
  return 1
})

/** Ends its thread once another thread has it; `leave` waits for that, so that the caller's thread is never the one. */
const leaving = task((gate: Int32Array): never => {
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
  return process.exit(5)
})
export const leave = task((gate: Int32Array): number => {
  const forked = leaving.fork(gate)
  while (Atomics.load(gate, 0) === 0) Atomics.wait(gate, 0, 0)
  return join(forked)
})
