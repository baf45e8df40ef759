import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'
import { pathToFileURL } from 'node:url'

import { root } from './source.ts'

/** A deliberate fault: text that occurs exactly once in the source, and what stands there instead. */
export type Edit = readonly [from: string, to: string]

/** The text of `src/<path>` with faults put in. */
export function applyEdits(path: string, text: string, edits: readonly Edit[]): string {
  for (const [from, to] of edits) {
    const found = text.split(from).length - 1
    if (found !== 1) throw new Error(`${path} holds ${found} times what the fault replaces: ${from}`)
    text = text.replace(from, () => to)
  }
  return text
}

/**
 * Imports a copy of `src/<path>` with faults put in. Its imports are those of the original; with `stepped`, it runs on
 * stepped.ts in place of memory/atomics.ts, so that a test can interrupt it at every access.
 */
export async function mutant<Module>(path: string, edits: readonly Edit[], stepped = false): Promise<Module> {
  let text = applyEdits(path, readFileSync(`${root}src/${path}`, 'utf8'), edits)
  const up = '../../..'
  text = text.replaceAll(/(from ')(\.\.?\/[^']+)'/g, (_, before: string, specifier: string) => {
    const target = posix.join('src', posix.dirname(path), specifier)
    return `${before}${up}/${stepped && target === 'src/memory/atomics.ts' ? 'test/support/stepped.ts' : target}'`
  })
  const folder = `${root}.cache/mutants/${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
  const file = `${folder}/${posix.basename(path)}`
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${file}.${process.pid}`, text)
    renameSync(`${file}.${process.pid}`, file)
  }
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Module
}
