import { now } from '../scheduler/clock.ts'

/** Sites that may still be captured now, and when that was last topped up. */
let sites = 100
let toppedUp = 0

/**
 * Where the user's call is, for the stack of a later error. Capturing it takes longer than the rest of a run, so a flood of
 * runs gets one a millisecond, and the other errors have the worker's stack alone.
 */
export function here(): { readonly stack?: string } {
  const at = now()
  sites = Math.min(100, sites + Math.floor(at - toppedUp))
  if (at - toppedUp >= 1) toppedUp = at
  const site: { stack?: string } = {}
  if (sites > 0) {
    sites--
    Error.captureStackTrace(site, here)
  }
  return site
}
