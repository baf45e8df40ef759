import { fork, join, type Task, task } from 'filch'

/** Calls a task that it was given. */
export const call = task((fn: Task<(x: number) => number>, x: number): number => join(fork(fn, x)))
