import type { Worker } from '../scheduler/worker.ts'

/** Gives a root that was made and not published what it inherits of the root that has spawned it. */
export type Inheritance = (worker: Worker, parent: number, child: number) => void

let pass: Inheritance = () => {}

/** Called by the room that knows what is inherited. */
export function provideInheritance(inheritance: Inheritance): void {
  pass = inheritance
}

export function inherit(worker: Worker, parent: number, child: number): void {
  pass(worker, parent, child)
}
