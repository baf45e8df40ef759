import { NAME, TASK } from '../scheduler/slot.ts'
import type { Worker } from '../scheduler/worker.ts'

/** What a root is called: its own name, or that of its task. */
export function nameOf({ jobs, registry, thief }: Worker, slot: number): string {
  const { words } = registry.arena
  const name = words[slot + NAME]!
  return name === 0 ? (thief.taskOf(words[slot + TASK]!)?.label ?? '(a task)') : String(jobs.peruse(name))
}
