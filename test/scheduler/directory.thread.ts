import { parentPort, workerData } from 'node:worker_threads'

import { Arena } from '../../src/memory/arena.ts'
import { Directory } from '../../src/scheduler/directory.ts'
import type { TaskRecord } from '../../src/scheduler/tasks.ts'
import { meet } from '../support/meet.ts'

export interface Data {
  readonly memory: WebAssembly.Memory
  readonly at: number
  readonly stride: number
  readonly tasks: number
  readonly threads: number
}

/** The same in every thread; eight of them share a place. */
export function taskOf(index: number): TaskRecord {
  const url = `file:///tasks/module-${index}.ts`
  const key = [(index & ~7) + 1, index + 1] as const
  return { fn: () => {}, index, arity: 0, url, label: `task ${index}`, key, source: 77, waits: false }
}

function main({ memory, at, stride, tasks, threads }: Data): number[] {
  const arena = new Arena(memory)
  const directory = new Directory(arena, at)
  meet(arena.words, at + Directory.words, threads)
  const ids: number[] = []
  for (let i = 0; i < tasks; i++) {
    const index = (i * stride) % tasks
    ids[index] = directory.idOf(taskOf(index))
  }
  return ids
}

if (parentPort !== null && workerData !== null) parentPort.postMessage(main(workerData as Data))
