import { NAME, SLOT_SIZE, TASK, useOf } from '../scheduler/slot.ts'
import type { Worker } from '../scheduler/worker.ts'
import { peruse } from './deposits.ts'

/** What a root is called: its own name, or that of its task. */
export function nameOf(worker: Worker, slot: number): string {
  const { registry, thief } = worker
  const { words } = registry.arena
  const name = words[slot + NAME]!
  return name === 0 ? (thief.taskOf(words[slot + TASK]!)?.label ?? '(a task)') : String(peruse(worker, name))
}

/** A number that no other task of the pool has at the same time. Address and use: 22 + 20 bits. */
export function idOf({ jobs, registry }: Worker, slot: number): number {
  registry.arena.reach(slot + SLOT_SIZE)
  return idAt(slot, useOf(jobs.state(slot)))
}

export function idAt(slot: number, use: number): number {
  return use * 2 ** 22 + slot / 32
}
