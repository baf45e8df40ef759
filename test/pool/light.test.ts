import { expect, it } from 'vitest'

import { child } from './child.ts'

it('shared arrays on their way make no thread load the web client of Node, which takes 25 ms', async () => {
  const { code, out, err } = await child('light.mjs')
  expect({ code, out, err }).toEqual({ code: 0, out: '2 false false\n4 false false\n8 false false\n', err: '' })
})
