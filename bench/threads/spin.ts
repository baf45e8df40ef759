import { parentPort, workerData } from 'node:worker_threads'

/** Words: how many threads are ready; counts up when they shall begin. Bytes: where the counts are. */
export const READY = 0
export const GO = 1
export const OUTPUT = 64

/** One of the two threads of support/cores.ts: told a number of milliseconds, counts for as long. */
function serve(words: Int32Array, index: number): void {
  const counts = new Float64Array(words.buffer, OUTPUT)
  spin(20)
  parentPort?.on('message', (window: number) => {
    const go = Atomics.load(words, GO)
    Atomics.add(words, READY, 1)
    while (Atomics.load(words, GO) === go) Atomics.wait(words, GO, go, 1000)
    counts[index] = spin(window)
    parentPort?.postMessage(index)
  })
}

function spin(milliseconds: number): number {
  const end = performance.now() + milliseconds
  let count = 0
  while (performance.now() < end) for (let i = 0; i < 10_000; i++) count++
  return count
}

interface Given {
  readonly words: Int32Array
  readonly index: number
}
// Imported by support/cores.ts as well, for the layout.
if (parentPort !== null && workerData !== null) serve((workerData as Given).words, (workerData as Given).index)
