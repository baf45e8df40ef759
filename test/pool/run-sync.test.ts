import { Pool } from 'filch'
import { expect, it } from 'vitest'

import { flat } from './basic.tasks.ts'
import { child } from './child.ts'

it('hands shared memory to threads that get ready while the caller blocks', async () => {
  expect(await child('early-sync.mjs')).toMatchObject({ code: 0, err: '' })
})

it.for(['exit', 'memory'])('ends when a thread with stolen work is lost meanwhile (%s)', async how => {
  expect(await child('sync-loss.mjs', { args: [how] })).toMatchObject({ code: 0, signal: null })
})

it('is woken though a run is pending', async () => {
  const napless = new URL('../soak/napless.mjs', import.meta.url).href
  expect(await child('sync-beside-run.mjs', { flags: ['--import', napless] })).toMatchObject({ code: 0, err: '' })
})

it(
  'offers forks for as long as it runs, and takes each back that nobody has claimed',
  { timeout: 120_000 },
  async () => {
    await using pool = new Pool({ threads: 1 })
    // Far more than the caller's deque holds, and all in one slot: in a full deque the oldest entries look like the newest.
    const forks = 4_000_000
    expect(pool.runSync(flat, forks)).toBe(forks)
    expect(pool.stats().published).toBeGreaterThan(forks / 2)
  },
)
