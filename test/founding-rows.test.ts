import { existsSync, readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { root } from './support/source.ts'
import { titlesIn } from './support/titles.ts'

/** Rows that are marked open, in whole or in part. None is expected to be when this is 0. */
const OPEN = 0

/** The ids of section 1 of the list that filch began with. */
const IDS = [...range('A', 43), ...range('B', 57), ...range('N', 30)]

function range(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${letter}${String(i + 1).padStart(2, '0')}`)
}

interface Row {
  readonly id: string
  readonly refused: boolean
  readonly open: readonly string[]
  readonly cites: readonly { readonly file: string; readonly what: string }[]
}

const line = /^\| (?<id>[ABN]\d\d) \|(?<asked>[^|]*)\|(?<served>[^|]*)\|(?<shown>[^|]*)\|$/

function readRows(markdown: string): Row[] {
  return markdown.split('\n').flatMap(text => {
    const { id, served = '', shown = '' } = line.exec(text)?.groups ?? {}
    if (id === undefined) return []
    const parts = shown
      .split('<br>')
      .map(part => part.trim())
      .filter(part => part !== '')
    return {
      id,
      refused: served.includes('**Refused**'),
      open: parts.filter(part => part.startsWith('open: ')),
      cites: parts
        .filter(part => !part.startsWith('open: '))
        .map(part => {
          const { file = '', what = '' } = /^`(?<file>[^`]+)` (?<what>.+)$/.exec(part)?.groups ?? {}
          return { file, what }
        }),
    }
  })
}

const titles = new Map<string, Set<string>>()

/** Names of the tests of a file, none if it is no file of tests; undefined if there is no such file. */
function titlesOf(file: string): ReadonlySet<string> | undefined {
  const path = [`${root}test/${file}`, `${root}${file}`].find(candidate => file !== '' && existsSync(candidate))
  if (path === undefined) return undefined
  if (!file.endsWith('.test.ts')) return new Set()
  let found = titles.get(path)
  if (found === undefined) titles.set(path, (found = titlesIn(file, readFileSync(path, 'utf8'))))
  return found
}

/** What is wrong with a row. */
function faults({ id, refused, open, cites }: Row): string[] {
  const wrong: string[] = []
  // What the compiler reads counts (npm run check). A bench or an example beside a test shows more, and is none by itself.
  if (!refused && open.length === 0 && !cites.some(({ file }) => /\.test\.ts$|^types\//.test(file)))
    wrong.push('no test')
  for (const { file, what } of cites) {
    const known = titlesOf(file)
    if (known === undefined) wrong.push(`no file ${file}`)
    else if (file.endsWith('.test.ts') && !known.has(what)) wrong.push(`no test ${what} in ${file}`)
  }
  return wrong.map(what => `${id}: ${what}`)
}

describe('the founding rows', () => {
  const rows = readRows(readFileSync(`${root}docs/founding-rows.md`, 'utf8'))

  it('are all there, in order', () => {
    expect(rows.map(({ id }) => id)).toEqual(IDS)
  })

  it('have each a test that exists, or a refusal', () => {
    expect(rows.flatMap(faults)).toEqual([])
  })

  it('are open only where that is known', () => {
    const open = rows.flatMap(row => row.open.map(what => `${row.id} ${what}`))
    console.log(`${open.length} open:\n${open.join('\n')}`)
    expect(rows.filter(row => row.open.length > 0)).toHaveLength(OPEN)
  })

  it('that point to nothing are found', () => {
    const table = [
      '| A01 | a | b | `founding-rows.test.ts` are all there, in order |',
      '| A02 | a | b | `founding-rows.test.ts` are all there |',
      '| A03 | a | b | `no/such.test.ts` x |',
      '| A04 | a | b | |',
      '| A05 | a | **Refused**: b | |',
      '| A06 | a | b | open: b |',
      '| A07 | a | b | `bench/run.ts` b |',
      '| A08 | a | b | no file |',
    ]
    expect(readRows(table.join('\n')).flatMap(faults)).toEqual([
      'A02: no test are all there in founding-rows.test.ts',
      'A03: no file no/such.test.ts',
      'A04: no test',
      'A07: no test',
      'A08: no test',
      'A08: no file ',
    ])
  })
})
