import { ivar, task, yieldNow } from 'filch'

function arrive(cells: Int32Array): void {
  Atomics.add(cells, 1, 1)
  Atomics.notify(cells, 1)
}

/** Has its worker to itself until cell 0 is not 0. */
export const hold = task((cells: Int32Array): void => {
  arrive(cells)
  while (Atomics.load(cells, 0) === 0) Atomics.wait(cells, 0, 0)
})

/** Must never begin. */
export const late = task((cells: Int32Array): void => arrive(cells))

/** Goes on until it must stop, and looks whether it must every hundred microseconds or so. */
export const looking = task((cells: Int32Array): void => {
  arrive(cells)
  for (;;) {
    const end = performance.now() + 0.1
    while (performance.now() < end);
    yieldNow()
  }
})

/** Waits for what never comes. */
export const waiting = task(function* (cells: Int32Array) {
  arrive(cells)
  return yield* ivar<number>().get()
})

/** Ends with its thread. */
export const runaway = task((cells: Int32Array): void => {
  arrive(cells)
  for (;;);
})
