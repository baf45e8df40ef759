import { execFileSync } from 'node:child_process'

import { build } from 'esbuild'
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

/** Runs a program from which a bundler has dropped what it does not use of filch. It starts no threads: these have a file of their own. */
async function bundled(program: string): Promise<unknown> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  })
  const text = outputFiles[0]!.text
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-'], { input: text, encoding: 'utf8' }))
}

it('what needs a part that was left out says so', async () => {
  const tries = `
    const codes = []
    const pool = new Pool({ threads: 0 })
    for (const go of [() => pool.resize(2), () => new Pool({ mode: '1:1' }), () => new Pool({ watchdog: 5 }), () => pool.spawn(one)]) {
      try { go(); codes.push('ok') } catch ({ code }) { codes.push(code) }
    }
    codes.push(await pool.run(one))
    console.log(JSON.stringify(codes))`
  const one = `const one = task({ url: 'file:///one.mjs' }, () => 1)`
  const missing = 'ERR_FILCH_BUNDLE'
  expect(await bundled(`import { Pool, task } from 'filch'\n${one}\n${tries}`)).toEqual([
    missing,
    missing,
    missing,
    missing,
    1,
  ])
  expect(await bundled(`import { Pool, spawn, task } from 'filch'\n${one}\nspawn.name\n${tries}`)).toContain('ok')
})
