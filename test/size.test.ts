import { execFileSync } from 'node:child_process'

import { expect, it } from 'vitest'

import { root } from './support/source.ts'

it('a program that uses tasks and nothing else keeps no more than the ceiling, and none of the rest', () => {
  // Exits with 1 beyond the ceiling, and this throws.
  const out = execFileSync(process.execPath, ['scripts/size.mjs'], { cwd: root, encoding: 'utf8' })
  const sizes = Object.fromEntries(
    Array.from(out.matchAll(/^(core|with live|with par|with both) +(\d+) B gzip/gm), ([, name, bytes]) => [
      name,
      Number(bytes),
    ]),
  )
  const { core, 'with live': live, 'with par': par, 'with both': both } = sizes as Record<string, number>
  // What is not asked for is left out: each part adds what it weighs.
  expect(core).toBeGreaterThan(10_000)
  expect(live! - core!).toBeGreaterThan(3000)
  expect(par! - core!).toBeGreaterThan(10_000)
  expect(both! - live!).toBeGreaterThan(10_000)
})
