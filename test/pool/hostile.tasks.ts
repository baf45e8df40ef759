import { task } from 'filch'

import { busy } from './basic.tasks.ts'

/** Cells: begun, ended, and a gate. */
const lasts = task((cells: Int32Array): void => {
  Atomics.add(cells, 0, 1)
  while (Atomics.load(cells, 2) === 0) Atomics.wait(cells, 2, 0)
  busy(50)
  Atomics.add(cells, 1, 1)
})

const fails = task((cells: Int32Array): void => {
  Atomics.add(cells, 0, 1)
  while (Atomics.load(cells, 2) === 0) Atomics.wait(cells, 2, 0)
  throw new Error('of a child')
})

const nothing = task((n: number): number => n)

/** Errors that throw when somebody looks at them. */
const hostile = {
  'has a getter that throws': () =>
    Object.defineProperty(new Error('mine'), 'suppressed', {
      get() {
        throw new Error('of a getter')
      },
    }),
  'has a frozen list': () => Object.defineProperty(new Error('mine'), 'suppressed', { value: Object.freeze([]) }),
  'is a Proxy with a trap': () =>
    new Proxy(new Error('mine'), {
      getPrototypeOf() {
        throw new Error('of a trap')
      },
    }),
}
export const kinds = Object.keys(hostile) as (keyof typeof hostile)[]

/** Abandons two forks that others have, one that lasts and then a newer one that fails, by an error of that kind. */
export const abandons = task((cells: Int32Array, kind: keyof typeof hostile): never => {
  lasts.fork(cells)
  while (Atomics.load(cells, 0) < 1) nothing.join(nothing.fork(1))
  fails.fork(cells)
  while (Atomics.load(cells, 0) < 2) nothing.join(nothing.fork(1))
  Atomics.store(cells, 2, 1)
  Atomics.notify(cells, 2)
  throw hostile[kind]()
})
