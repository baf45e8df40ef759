import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { expect, it } from 'vitest'

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

it('the declarations need nothing but those of Node', () => {
  const compiler = path('../../node_modules/typescript/bin/tsc')
  // What it says is on its standard output: nothing if all is well, else the error holds it.
  expect(execFileSync(process.execPath, [compiler, '--project', path('consumer.json')], { encoding: 'utf8' })).toBe('')
})
