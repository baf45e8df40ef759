/** Where tasks say that they are here (cell 1 counts them) and wait until they may go on (cell 0). */
export function gate(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(8))
}

export function arrive(cells: Int32Array): void {
  Atomics.add(cells, 1, 1)
  Atomics.notify(cells, 1)
}

/** Blocks the thread until the gate is open. */
export function pass(cells: Int32Array): void {
  while (Atomics.load(cells, 0) === 0) Atomics.wait(cells, 0, 0)
}

/** Resolves when so many are here. */
export async function arrived(cells: Int32Array, count: number): Promise<void> {
  for (let here = 0; (here = Atomics.load(cells, 1)) < count;) await Atomics.waitAsync(cells, 1, here, 1000).value
}

export function open(cells: Int32Array): void {
  Atomics.store(cells, 0, 1)
  Atomics.notify(cells, 0)
}
