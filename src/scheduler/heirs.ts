import type { Worker } from './worker.ts'

/** Sees to what the dead thread of a seat held of the HELD record in `slot`. Called by the one thread that repairs. */
export type Heir = (worker: Worker, slot: number, seat: number) => void

const heirs: (Heir | undefined)[] = []

/** Called by the room whose records have this `DELIVERY`, when it is loaded. */
export function inherit(delivery: number, heir: Heir): void {
  heirs[delivery] = heir
}

export function heirOf(delivery: number): Heir | undefined {
  return heirs[delivery]
}
