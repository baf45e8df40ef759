import type { Op } from './world.ts'

/** True if the step may change what another step on the same word does. Waits and notifications change who sleeps there. */
export function isWrite({ kind }: Op): boolean {
  return kind !== 'read' && kind !== 'load'
}

/** True if it comes to the same in which order two threads take these steps. */
export function independent(a: Op | undefined, b: Op): boolean {
  return a === undefined || a.at !== b.at || !(isWrite(a) || isWrite(b))
}
