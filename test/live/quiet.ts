import { expect } from 'vitest'

/** No slot is in use, once all have ended that nobody can await. */
export async function quiet(live: () => number): Promise<void> {
  const end = performance.now() + 10_000
  while (live() > 0 && performance.now() < end) await new Promise(resolve => void setImmediate(resolve))
  expect(live()).toBe(0)
}
