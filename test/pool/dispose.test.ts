import { expect, it } from 'vitest'

import { SOLO } from '../support/mode.ts'
import { child } from './child.ts'

it('what a block of pools has begun ends with it: threads, timers, handles, memory', async () => {
  const { code, out, err } = await child('dispose.mjs', { flags: ['--expose-gc'] })
  expect({ code, out, err }).toEqual({ code: 0, out: `${SOLO ? 21 : 77} things, 0 left\n`, err: '' })
})
