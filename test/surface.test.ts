import { readFileSync } from 'node:fs'
import { posix } from 'node:path'

import { parseSync } from 'oxc-parser'
import { expect, it } from 'vitest'

import { root } from './support/source.ts'

const types = `${root}dist/`

/** Text of declarations as a user sees them: without comments, private members and what is marked `@internal`. */
function bare(text: string): string {
  return text
    .replaceAll(/ *\/\*\*(?:(?!\*\/)[^])*@internal[^]*?\*\/\s*[^\n]*\n/g, '')
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/^ *(?:private |#).*\n/gm, '')
    .replaceAll(/\n\s*(?=\n)/g, '')
    .replaceAll(/^export (?=declare|type|interface)/g, '')
    .trim()
}

/** Each declaration of a module by its name. */
function declarations(path: string): Map<string, string> {
  const text = readFileSync(types + path, 'utf8')
  const found = new Map<string, string>()
  for (const node of parseSync(path, text).program.body) {
    const declared = node.type === 'ExportNamedDeclaration' && node.declaration !== null ? node.declaration : node
    const names: string[] = []
    if ('declarations' in declared) for (const { id } of declared.declarations) if ('name' in id) names.push(id.name)
    if ('id' in declared && declared.id !== null && 'name' in declared.id) names.push(declared.id.name)
    // An overload adds to what stands there.
    for (const name of names)
      found.set(name, [found.get(name), bare(text.slice(node.start, node.end))].filter(Boolean).join('\n'))
  }
  return found
}

function surface(): string {
  const entrance = parseSync('index.d.ts', readFileSync(`${types}index.d.ts`, 'utf8'))
  const parts: [name: string, text: string][] = []
  for (const statement of entrance.module.staticExports) {
    for (const { moduleRequest, exportName } of statement.entries) {
      const path = posix.join('.', moduleRequest!.value).replace(/\.(ts|js)$/, '.d.ts')
      const name = exportName.name ?? ''
      parts.push([name, declarations(path).get(name) ?? '(not found)'])
    }
  }
  return parts
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `// ${name}\n${text}\n`)
    .join('\n')
}

it('the public API is what the file says; whoever changes it says so there (npx vitest run test/surface.test.ts -u)', async () => {
  const text = surface()
  expect(text).not.toContain('(not found)')
  expect(text).not.toContain('@internal')
  await expect(text).toMatchFileSnapshot('surface.txt')
})
