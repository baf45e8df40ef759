import { expect, it } from 'vitest'

import { child } from '../pool/child.ts'

it.for([['--disallow-code-generation-from-strings'], ['--disallow-code-generation-from-strings', '--no-opt']])(
  'tasks work where no code may be made from text (%s)',
  async flags => {
    expect(await child('no-eval.mjs', { flags })).toMatchObject({ code: 0, signal: null, err: '' })
  },
)
