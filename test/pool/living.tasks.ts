import { spawn, task, type Wait } from 'filch'

/** Spawns a tree and waits for it without a stack: the number of its leaves. */
export const waitsFor = task(function* (depth: number): Generator<Wait<number>, number> {
  if (depth === 0) return 1
  const left = spawn(waitsFor, depth - 1)
  const right = spawn(waitsFor, depth - 1)
  return (yield* left.join()) + (yield* right.join())
})
