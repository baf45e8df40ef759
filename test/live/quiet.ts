import { expect } from 'vitest'

/** No slot is in use, once all have ended that nobody can await. One look decides: a thread of its own that is idle says so by mail, now and then. */
export async function quiet(live: () => number): Promise<void> {
  const end = performance.now() + 10_000
  for (let left = live(); left > 0; left = live()) {
    if (performance.now() > end) expect(left).toBe(0)
    await new Promise(resolve => void setImmediate(resolve))
  }
}
