import { posix } from 'node:path'

import { parseSync, Visitor } from 'oxc-parser'
import { describe, expect, it } from 'vitest'

import { readSources } from './support/source.ts'

/** Which rooms a room may import besides its own. A room is a folder of `src/`; a file at the top is one by itself. */
const law: Record<string, string[]> = {
  'errors.ts': [],
  memory: [],
  lockfree: ['memory'],
  wire: ['memory'],
  scheduler: ['memory', 'lockfree', 'wire'],
  task: ['memory', 'lockfree', 'wire', 'scheduler'],
  data: [],
  par: ['memory', 'lockfree', 'wire', 'scheduler', 'task', 'data'],
  algorithms: ['memory', 'lockfree', 'wire', 'scheduler', 'task', 'data', 'par'],
  live: ['memory', 'lockfree', 'wire', 'scheduler', 'task'],
  sync: ['memory', 'lockfree', 'wire', 'scheduler', 'task', 'live'],
  storage: ['memory', 'lockfree', 'wire', 'scheduler', 'task', 'live'],
  channel: ['memory', 'lockfree', 'wire', 'scheduler', 'task', 'live'],
  'platform/node': ['memory', 'wire', 'scheduler', 'live'],
  pool: ['memory', 'lockfree', 'wire', 'scheduler', 'task', 'data', 'par', 'live', 'channel', 'platform/node'],
  look: ['memory', 'scheduler', 'task', 'pool', 'platform/node'],
}
const entrances = ['index.ts', 'worker.ts']
const lineCap = 400

interface Module {
  path: string
  room: string
  lines: number
  imports: string[]
  packages: string[]
  atomics: number
  any: number
  defaultExport: boolean
  barrel: boolean
}

const roomOf = (path: string): string => posix.dirname(path).replace(/^\.$/, path)

function read(path: string, text: string): Module {
  const { program, module, errors } = parseSync(path, text)
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0]?.message}`)

  const count = { atomics: 0, any: 0, defaultExport: 0 }
  const dynamic: string[] = []
  new Visitor({
    Identifier: node => void (count.atomics += Number(node.name === 'Atomics')),
    TSAnyKeyword: () => void (count.any += 1),
    ExportDefaultDeclaration: () => void (count.defaultExport += 1),
    ImportExpression: ({ source }) => void (source.type === 'Literal' && dynamic.push(String(source.value))),
  }).visit(program)

  const exported = module.staticExports.flatMap(statement => statement.entries)
  const specifiers = [
    ...module.staticImports.map(statement => statement.moduleRequest.value),
    ...exported.flatMap(entry => entry.moduleRequest?.value ?? []),
    ...dynamic,
  ]
  const resolve = (specifier: string): string => posix.join(posix.dirname(path), specifier)
  return {
    path,
    room: roomOf(path),
    lines: text.trimEnd().split('\n').length,
    imports: specifiers.filter(specifier => specifier.startsWith('.')).map(resolve),
    packages: specifiers.filter(specifier => !specifier.startsWith('.')),
    atomics: count.atomics,
    any: count.any,
    defaultExport: count.defaultExport > 0 || exported.some(entry => entry.exportName.name === 'default'),
    barrel:
      program.body.length > 0 &&
      program.body.every(({ type }) => type === 'ExportAllDeclaration' || type === 'ExportNamedDeclaration') &&
      exported.length > 0 &&
      exported.every(entry => entry.moduleRequest !== null),
  }
}

const where = (modules: Module[], broken: (module: Module) => boolean): string[] =>
  modules.filter(broken).map(module => module.path)

/** The modules on a cycle of imports, as one path that ends where it began. */
function findCycle(modules: Module[]): string[] {
  const imports = new Map(modules.map(module => [module.path, module.imports]))
  const done = new Set<string>()
  const walk = (path: string, above: string[]): string[] => {
    if (above.includes(path)) return [...above.slice(above.indexOf(path)), path]
    if (done.has(path)) return []
    done.add(path)
    for (const next of imports.get(path) ?? []) {
      const cycle = walk(next, [...above, path])
      if (cycle.length > 0) return cycle
    }
    return []
  }
  return modules.map(module => walk(module.path, [])).find(cycle => cycle.length > 0) ?? []
}

/** Each rule returns what breaks it. */
const rules: Record<string, (modules: Module[]) => string[]> = {
  'every file stands in a room that the law knows': modules =>
    where(modules, ({ path, room }) => !(room in law) && !entrances.includes(path)),
  'a room imports only the rooms that the law allows it': modules =>
    modules.flatMap(({ path, room, imports }) =>
      imports
        .filter(to => !entrances.includes(path) && ![room, 'errors.ts', ...(law[room] ?? [])].includes(roomOf(to)))
        .map(to => `${path} -> ${to}`),
    ),
  'no file of lockfree imports another': modules =>
    modules.flatMap(({ path, room, imports }) =>
      imports.filter(to => room === 'lockfree' && roomOf(to) === room).map(to => `${path} -> ${to}`),
    ),
  'every import is of a file that exists': modules =>
    modules.flatMap(({ path, imports }) =>
      imports.filter(to => !modules.some(other => other.path === to)).map(to => `${path} -> ${to}`),
    ),
  'no imports go round in a circle': findCycle,
  'there is no run-time dependency': modules =>
    modules.flatMap(({ path, packages }) =>
      packages.filter(name => !name.startsWith('node:')).map(name => `${path} -> ${name}`),
    ),
  'no room has a barrel': modules =>
    where(modules, ({ path, barrel }) => path.includes('/') && (barrel || /\/(index|barrel)\.ts$/.test(path))),
  'nothing is exported as default': modules => where(modules, module => module.defaultExport),
  'the type any is not used': modules => where(modules, module => module.any > 0),
  'only memory/atomics.ts names Atomics': modules =>
    where(modules, ({ path, atomics }) => atomics > 0 && path !== 'memory/atomics.ts'),
  [`no file is longer than ${lineCap} lines`]: modules => where(modules, module => module.lines > lineCap),
}

/** For each rule, a tree that breaks it and nothing that hides the fault: what the rule must say. */
const faults: Record<string, [tree: Record<string, string>, found: string[]]> = {
  'every file stands in a room that the law knows': [{ 'util/a.ts': '' }, ['util/a.ts']],
  'a room imports only the rooms that the law allows it': [
    {
      'memory/a.ts': "export const a = await import('../task/b.ts')",
      'task/b.ts': "export * from '../pool.ts'\nimport '../memory/a.ts'\nimport { E } from '../errors.ts'",
      'platform/node/c.ts': "import type { D } from '../../task/b.ts'\nimport '../../wire/w.ts'",
      'index.ts': "export { a } from './memory/a.ts'",
    },
    ['memory/a.ts -> task/b.ts', 'platform/node/c.ts -> task/b.ts', 'task/b.ts -> pool.ts'],
  ],
  'no file of lockfree imports another': [
    { 'lockfree/a.ts': "import { b } from './b.ts'", 'lockfree/b.ts': "// import { a } from './a.ts'" },
    ['lockfree/a.ts -> lockfree/b.ts'],
  ],
  'every import is of a file that exists': [{ 'memory/a.ts': "import './b.js'" }, ['memory/a.ts -> memory/b.js']],
  'no imports go round in a circle': [
    {
      'index.ts': "import './task/a.ts'",
      'task/a.ts': "import type { B } from './b.ts'",
      'task/b.ts': "import '../wire/w.ts'\nimport './c.ts'",
      'task/c.ts': "import './a.ts'",
      'wire/w.ts': '',
    },
    ['task/a.ts', 'task/b.ts', 'task/c.ts', 'task/a.ts'],
  ],
  'there is no run-time dependency': [{ 'wire/a.ts': "import 'node:v8'\nimport 'lodash'" }, ['wire/a.ts -> lodash']],
  'no room has a barrel': [
    {
      'index.ts': "export * from './task/a.ts'",
      'task/a.ts': "export { b } from './b.ts'\nexport type { C } from './b.ts'",
      'task/b.ts': 'export const b = 1\nexport type C = 1',
      'wire/index.ts': '',
    },
    ['task/a.ts', 'wire/index.ts'],
  ],
  'nothing is exported as default': [
    { 'task/a.ts': 'export default 1', 'task/b.ts': 'const b = 1\nexport { b as default }' },
    ['task/a.ts', 'task/b.ts'],
  ],
  'the type any is not used': [
    {
      'task/a.ts': 'export let a: any',
      'task/b.ts': 'export const b = 1 as any',
      'task/c.ts': '// any: any\nconst any = 1',
    },
    ['task/a.ts', 'task/b.ts'],
  ],
  'only memory/atomics.ts names Atomics': [
    {
      'memory/atomics.ts': 'export const { load } = Atomics',
      'lockfree/a.ts': '/** Atomics.load */\nAtomics.load(a, 0)',
      'lockfree/b.ts': "const s = 'Atomics.load' // Atomics.load",
    },
    ['lockfree/a.ts'],
  ],
  [`no file is longer than ${lineCap} lines`]: [
    {
      'wire/a.ts': '\n'.repeat(lineCap + 9),
      'wire/b.ts': 'a()\n'.repeat(lineCap),
      'wire/c.ts': 'a()\n'.repeat(lineCap + 1),
    },
    ['wire/c.ts'],
  ],
}

const readAll = (sources: Iterable<[string, string]>): Module[] =>
  Array.from(sources, ([path, text]) => read(path, text)).toSorted((a, b) => (a.path < b.path ? -1 : 1))

describe('the architecture of src', () => {
  const modules = readAll(readSources())
  for (const [name, rule] of Object.entries(rules)) it(name, () => expect(rule(modules)).toEqual([]))
})

describe('the checker finds a planted fault', () => {
  for (const [name, rule] of Object.entries(rules)) {
    it(name, () => {
      const [tree, found] = faults[name] ?? [{}, ['no planted fault']]
      expect(rule(readAll(Object.entries(tree)))).toEqual(found)
    })
  }
})
