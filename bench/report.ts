// node bench/report.ts: fills the tables of bench/README.md from bench/results/, so that no figure is typed by hand.
// `--check` only says whether the page is up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { Outcome } from './support/figures.ts'
import { latest, type Report } from './support/report.ts'
import { figureRows, outcomeRows, type Rows } from './support/table.ts'

const PAGE = fileURLToPath(new URL('README.md', import.meta.url))
const reports = latest()

/** Everything between `<!-- fill WHAT -->` and the next `<!-- end -->` is ours to write. */
function fill(page: string): string {
  return page.replaceAll(
    /(<!-- fill (.+?) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, head: string, what: string, end: string) => [head, content(what), end].join('\n'),
  )
}

function content(what: string): string {
  if (what === 'machines') return machines()
  if (what === 'bars') return bars()
  if (what === 'losses') return losses()
  const found = reports.get(what)
  if (found === undefined) return 'Not measured yet.\n'
  return `${found[0]!.question} ${found[0]!.method}\n\n${found.map(section).join('\n')}`
}

function section(report: Report): string {
  const notes = report.notes.map(note => `- ${note}\n`).join('')
  return [
    `**Node ${report.machine.node}**, ${report.date.slice(0, 10)}, commit ${report.commit}\n`,
    markdown(figureRows(report)),
    report.outcomes.length > 0 ? markdown(outcomeRows(report.outcomes)) : '',
    notes,
  ].join('\n')
}

function machines(): string {
  const all = [...reports.values()].flat()
  if (all.length === 0) return 'Not measured yet.\n'
  const lines = all.map(
    ({ machine: { cpu, cores, memory, system, node, v8 }, date, commit }) =>
      `- ${date.slice(0, 10)}, commit ${commit}: ${cpu}, ${cores} cores, ${memory}, ${system}, Node ${node} (V8 ${v8})\n`,
  )
  return [...new Set(lines)].join('')
}

/** Every figure that has a bar. */
function bars(): string {
  return pick(({ met }) => met !== null)
}

/** Ratios where ours comes out behind what it is held against, and bars that were missed. */
function losses(): string {
  return pick(({ met, unit, gain, value }) => met === false || (unit === 'x' && (gain ? value < 1 : value > 1)))
}

function pick(wanted: (outcome: Outcome) => boolean): string {
  if (reports.size === 0) return 'Not measured yet.\n'
  const rows: string[][] = []
  for (const [name, versions] of reports) {
    for (const { machine, outcomes } of versions) {
      const found = outcomeRows(outcomes.filter(wanted)).slice(1)
      for (const row of found) rows.push([name, machine.node, ...row])
    }
  }
  return rows.length === 0 ? 'None.\n' : markdown([['benchmark', 'Node', ...outcomeRows([])[0]!], ...rows])
}

function markdown([headings, ...rows]: Rows): string {
  const rule = headings!.map((_, i) => (i === 0 ? '---' : '---:'))
  return [headings!, rule, ...rows].map(rowOf).join('')
}

const rowOf = (cells: readonly string[]): string =>
  `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |\n`

const before = readFileSync(PAGE, 'utf8')
const after = fill(before)
if (process.argv.includes('--check')) {
  if (before !== after) {
    console.error('bench/README.md is not what bench/results/ says. Run npm run bench:report.')
    process.exitCode = 1
  }
} else {
  writeFileSync(PAGE, after)
  console.log(`${PAGE}: ${reports.size} benchmarks`)
}
