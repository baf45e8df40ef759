import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** Our sources: text by path, relative to `src/` and with forward slashes. */
export function readSources(): Map<string, string> {
  const paths = globSync('**/*.ts', { cwd: `${root}src` }).toSorted()
  return new Map(paths.map(path => [path.replaceAll('\\', '/'), readFileSync(`${root}src/${path}`, 'utf8')]))
}
