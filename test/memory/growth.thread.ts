import { parentPort, workerData } from 'node:worker_threads'

import { Arena } from '../../src/memory/arena.ts'

interface Data {
  readonly memory: WebAssembly.Memory
  readonly rounds: number
}

/** Where the two tell each other how far they are. */
export const [MADE, SEEN] = [Arena.start, Arena.start + 16] as const

/** Makes the memory grow by a page, says so, and waits until it was seen. */
function main({ memory, rounds }: Data): string {
  const { words } = new Arena(memory)
  for (let round = 1; round <= rounds; round++) {
    memory.grow(1)
    Atomics.store(words, MADE, round)
    while (Atomics.load(words, SEEN) !== round);
  }
  return 'done'
}

if (parentPort !== null && workerData !== null) parentPort.postMessage(main(workerData as Data))
