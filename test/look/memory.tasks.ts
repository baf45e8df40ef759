import { task } from 'filch'

let kept: unknown = 0

/** Holds so many numbers in its thread's heap, or lets them go. */
export const keep = task((count: number): void => {
  kept = Array.from({ length: count }, (_, i) => i + 0.5)
})

/** Uses what was kept, so that it is not collected before. */
export const keptLength = task(() => (kept as unknown[]).length)
