import type { AnyFunction } from '../scheduler/tasks.ts'
import { type Task, task } from '../task/task.ts'

/** A task of this room. Plans cross as plain data, but their types hold functions, which `task` would refuse. */
export function ownTask<F extends AnyFunction>(fn: F): Task<F> {
  return task<AnyFunction>(import.meta, fn as never) as unknown as Task<F>
}
