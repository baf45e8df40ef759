import { expect, it } from 'vitest'

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
