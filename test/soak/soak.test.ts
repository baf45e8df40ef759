import { expect, it } from 'vitest'

import { SEED } from '../support/seed.ts'
import { parts } from './parts.ts'
import { watch } from './watch.ts'

/** What CI plays of each part: rounds, and what they account for at least. */
const bounds: Readonly<Record<string, readonly [rounds: number, noun: string, least: number]>> = {
  channels: [10, 'messages', 100_000],
  deque: [2, 'jobs through a deque', 8_000_000],
  jobs: [20, 'jobs of pools', 600_000],
  faults: [80, 'faults', 90],
  sleep: [30, 'wake-ups', 30_000],
  life: [10, 'pools ended', 100],
  kills: [40, 'tasks killed', 40],
  trees: [100, 'tasks of trees', 200],
  ends: [20, 'processes ended', 20],
  programs: [60, 'programs', 60_000],
}

it('CI plays every part', () => {
  expect(Object.keys(bounds)).toEqual(Object.keys(parts))
})

it.for(Object.entries(bounds))('%s', { timeout: 600_000 }, async ([name, [rounds, noun, least]]) => {
  const { failure, replay, tallies } = await watch({ name, seed: SEED, rounds })
  expect(failure?.why, replay).toBeUndefined()
  expect(tallies.get(noun)).toBeGreaterThanOrEqual(least)
})
