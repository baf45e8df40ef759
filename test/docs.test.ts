import { execFile, type ExecFileException } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

import { parseSync } from 'oxc-parser'
import { describe, expect, it } from 'vitest'

import { readSources, root } from './support/source.ts'

interface Block {
  language: string
  code: string
  /** What the HTML comment on the line before the fence says: `run`, `file NAME` or nothing. */
  mark: string
  line: number
}

const fence = /^(?:<!-- (?<mark>.+) -->\n)?```(?<language>ts|js)\b.*\n(?<code>[^]*?)^```$/gm

/** The fenced blocks of TypeScript and JavaScript in a text of Markdown. */
function findBlocks(markdown: string): Block[] {
  return Array.from(markdown.matchAll(fence), ({ index, groups }) => ({
    language: groups?.['language'] ?? '',
    code: groups?.['code'] ?? '',
    mark: groups?.['mark'] ?? '',
    line: markdown.slice(0, index).split('\n').length,
  }))
}

/** What follows each `@example` in the doc comments of a module, up to the next tag that stands outside a fence. */
function findExamples(source: string): string[] {
  const docs = parseSync('source.ts', source).comments.filter(
    ({ type, value }) => type === 'Block' && value.startsWith('*'),
  )
  const examples: string[] = []
  for (const { value } of docs) {
    let inExample = false
    let inFence = false
    for (const line of value.split('\n').map(text => text.replace(/^\s*\* ?/, ''))) {
      if (line.startsWith('```')) inFence = !inFence
      if (!inFence && /^@\w/.test(line)) {
        inExample = line.startsWith('@example')
        if (inExample) examples.push('')
      } else if (inExample) {
        examples.push(`${examples.pop()}${line}\n`)
      }
    }
  }
  return examples
}

interface Program {
  title: string
  path: string
}

/** Inside the repository, so that `filch` is this package; not in node_modules, where Node strips no types. */
const cache = `${root}.cache/docs-examples/`

/** Writes the programs of README.md: blocks marked `run`, beside those marked `file NAME`, which they may import. */
function writeReadme(blocks: Block[]): Program[] {
  const directory = `${cache}readme/`
  mkdirSync(directory, { recursive: true })
  const programs: Program[] = []
  for (const { mark, language, code, line } of blocks) {
    const file = /^file (?<name>[\w.-]+)$/.exec(mark)?.groups?.['name']
    const path = `${directory}${file ?? `line-${line}.${language}`}`
    if (file !== undefined || mark === 'run') writeFileSync(path, code)
    if (mark === 'run') programs.push({ title: `README.md line ${line}`, path })
  }
  return programs
}

/** Writes the examples of one module. One without a fence is not a program and fails as such. */
function writeExamples(source: string, text: string): Program[] {
  const directory = `${cache}${source.replace(/\.ts$/, '')}/`
  mkdirSync(directory, { recursive: true })
  return findExamples(text).map((example, index) => {
    const [block] = findBlocks(example)
    const path = `${directory}${index + 1}.${block?.language ?? 'ts'}`
    writeFileSync(path, block?.code ?? `throw new Error('this @example has no fenced block of ts or js')\n`)
    return { title: `src/${source} @example ${index + 1}`, path }
  })
}

rmSync(cache, { recursive: true, force: true })
const readme = existsSync(`${root}README.md`) ? findBlocks(readFileSync(`${root}README.md`, 'utf8')) : []
const readmePrograms = writeReadme(readme)
const examplePrograms = Array.from(readSources(), ([path, text]) => writeExamples(path, text)).flat()

describe('the programs in the documentation', () => {
  it('are found', () => {
    console.log(`README.md: ${readmePrograms.length} of ${readme.length} blocks run`)
    console.log(`@example: ${examplePrograms.length} of ${examplePrograms.length} run`)
    expect(readme.filter(({ mark }) => mark !== '' && !/^(run|file [\w.-]+)$/.test(mark))).toEqual([])
  })

  it.each([...readmePrograms, ...examplePrograms])('$title', async ({ path }) => {
    const failure = await promisify(execFile)(process.execPath, [path], { cwd: root, timeout: 50_000 }).then(
      () => '',
      (error: ExecFileException) => error.stderr || error.message,
    )
    expect(failure).toBe('')
  })
})

describe('the extraction', () => {
  it('finds marked and unmarked blocks', () => {
    const markdown = 'a\n<!-- run -->\n```ts\nb\n```\n```js\nc\n```\n```sh\nd\n```\n<!-- file t.ts -->\n```ts\n```\n'
    expect(findBlocks(markdown).map(({ mark, language, code, line }) => [mark, language, code, line])).toEqual([
      ['run', 'ts', 'b\n', 2],
      ['', 'js', 'c\n', 6],
      ['file t.ts', 'ts', '', 12],
    ])
  })

  it('finds every example and stops at the next tag outside a fence', () => {
    const source =
      '/**\n * a\n * @example\n * ```ts\n * @d\n *   b()\n * ```\n * @example c\n * d\n * @returns e\n */\n// @example f\n'
    expect(findExamples(source)).toEqual(['```ts\n@d\n  b()\n```\n', 'd\n'])
  })
})

it.each([
  'README.md',
  'CONTRIBUTING.md',
  'bench/README.md',
  'examples/README.md',
  ...readdirSync(`${root}docs`)
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
])('the links of %s lead to files', page => {
  const at = new URL(page, pathToFileURL(root))
  const links = Array.from(
    readFileSync(at, 'utf8').matchAll(/\]\((?<link>[^)#\s]+)/g),
    ({ groups }) => groups!['link']!,
  )
  expect(links.filter(link => !/^https?:/.test(link) && !existsSync(new URL(link, at)))).toEqual([])
})
