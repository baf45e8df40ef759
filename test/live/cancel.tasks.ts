import { CanceledError, spawn, task, yieldNow } from 'filch'

let seen = ''

/** Waits for a child that never ends; `cells[0]` says that the child runs, `cells[1]` that the parent has ended. */
export const parent = task(function* (cells: Int32Array) {
  try {
    yield* spawn(child, cells).join()
  } catch (error) {
    seen = error instanceof CanceledError ? 'canceled' : String(error)
    throw error
  } finally {
    Atomics.store(cells, 1, seen === 'canceled' ? 1 : 2)
    Atomics.notify(cells, 1)
  }
})

export const child = task((cells: Int32Array): never => {
  Atomics.store(cells, 0, 1)
  Atomics.notify(cells, 0)
  for (;;) yieldNow()
})

export const count = task((cells: Int32Array) => (cells[1] === 1 ? 'canceled, finally' : 'otherwise'))
