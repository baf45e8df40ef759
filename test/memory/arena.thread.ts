import { parentPort, workerData } from 'node:worker_threads'

import { Arena } from '../../src/memory/arena.ts'
import { meet } from '../support/meet.ts'

export interface Data {
  readonly memory: WebAssembly.Memory
  readonly index: number
  readonly threads: number
  readonly count: number
}

/** What it was given: address and words. */
function main({ memory, index, threads, count }: Data): [number, number][] {
  const arena = new Arena(memory)
  meet(arena.words, Arena.start, threads)
  const given: [number, number][] = []
  for (let i = 0; i < count; i++) {
    const words = i % 100 === 0 ? 20_000 : 1 + ((i * 7) % 90)
    const at = arena.allocate(words)
    arena.words.fill(index + 1, at, at + words)
    given.push([at, words])
  }
  return given
}

if (parentPort !== null && workerData !== null) parentPort.postMessage(main(workerData as Data))
