import { crewOf } from '../soak/crew.ts'

/** Cells that tasks wait at: see `threads.tasks.ts`. */
export function gate(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(16))
}

/** Lets everybody through who waits, or will. */
export function open(cells: Int32Array): void {
  Atomics.store(cells, 0, 1)
  Atomics.notify(cells, 0)
}

/** Resolves when `count` tasks have come to the gate. */
export async function reached(cells: Int32Array, count: number): Promise<void> {
  for (let seen = 0; (seen = Atomics.load(cells, 1)) < count;) await Atomics.waitAsync(cells, 1, seen, 1000).value
}

/** Threads of the pool of that name. */
export function threadsOf(name: string): number {
  return crewOf(name).length
}
