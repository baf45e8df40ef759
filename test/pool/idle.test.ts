import { Pool } from 'filch'
import { expect, it } from 'vitest'

import { child } from './child.ts'
import { add, fib } from './basic.tasks.ts'

it('after each phase of work the workers go to sleep', async () => {
  await using pool = new Pool({ threads: 2 })
  await pool.broadcast(add, 1, 2)
  for (let phase = 0; phase < 5; phase++) {
    expect(await pool.run(fib, 18)).toBe(2584)
    const before = pool.stats().workers.slice(0, 2)
    const clock = new Int32Array(new SharedArrayBuffer(4))
    const slept = (): boolean =>
      pool
        .stats()
        .workers.slice(0, 2)
        .every(({ sleeps }, seat) => sleeps > before[seat]!.sleeps)
    // A sleeper naps on: its count goes up while it has nothing to do.
    while (!slept()) await Atomics.waitAsync(clock, 0, 0, 20).value
  }
})

it('an idle pool uses no CPU', async () => {
  const { code, out } = await child('idle.mjs')
  expect(code).toBe(0)
  const { cpu, wall } = JSON.parse(out) as { cpu: number; wall: number }
  expect(wall).toBeGreaterThan(1900)
  // One worker that spins would have used all of the time; four that look up every half second use about a hundredth.
  expect(cpu).toBeLessThan(wall / 4)
})
