import { Table } from 'console-table-printer'

import type { Figure, Outcome } from './figures.ts'
import type { Report } from './report.ts'

/** Rows of text, the first the headings: one source for the terminal and for the page. */
export type Rows = readonly (readonly string[])[]

export function figureRows(report: Report): Rows {
  const { unit, each, perSecond, figures } = report
  const exits = report.outcomes.some(outcome => outcome.at === 'exit')
  const facts = figures.some(figure => Object.keys(figure.facts).length > 0)
  const columns: [heading: string, cell: (figure: Figure) => string][] = [
    ['', figure => figure.variant],
    [`best, ${unit}`, figure => digits(figure.best)],
    ['median', figure => digits(figure.median)],
    ['mean', figure => digits(figure.mean)],
    ['p99', figure => digits(figure.p99)],
    ['worst', figure => digits(figure.worst)],
    ...(each === null ? [] : ([[`ns a ${each}`, figure => perOperation(report, figure)]] as typeof columns)),
    ...(perSecond ? ([['per second', figure => rate(report, figure)]] as typeof columns) : []),
    ...(exits
      ? ([['ends in, ms', figure => (figure.exit === null ? 'killed' : digits(figure.exit))]] as typeof columns)
      : []),
    ['samples', figure => `${figure.samples} of ${figure.processes}`],
    ['cores', figure => figure.cores.toFixed(2) + (figure.quiet ? '' : ' not quiet')],
    ...(facts ? ([['beside', figure => factsOf(figure)]] as typeof columns) : []),
  ]
  return [columns.map(([heading]) => heading), ...figures.map(figure => columns.map(([, cell]) => cell(figure)))]
}

export function outcomeRows(outcomes: readonly Outcome[]): Rows {
  return [
    ['ratio', 'by', 'value', 'of the best', 'bar', ''],
    ...outcomes.map(({ what, at, value, best, bar, met, unit, quiet }) => [
      what,
      at,
      unit === 'x' ? digits(value) : `${digits(value)} ${unit}`,
      unit === 'x' ? digits(best) : '',
      bar,
      (met === null ? '' : met ? 'met' : 'MISSED') + (quiet ? '' : ' not quiet'),
    ]),
  ]
}

export function print(rows: Rows): void {
  const [headings, ...body] = rows as [readonly string[], ...(readonly string[])[]]
  const table = new Table({
    shouldDisableColors: !process.stdout.isTTY,
    columns: headings.map((title, i) => ({
      name: String(i),
      title: title || ' ',
      alignment: i === 0 ? 'left' : 'right',
    })),
  })
  for (const row of body) table.addRow(Object.fromEntries(row.map((cell, i) => [String(i), cell])))
  table.printTable()
}

/** Three significant digits, and no exponent. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return 'never'
  if (Math.abs(value) >= 100) return String(Math.round(value))
  return value === 0 ? '0' : String(Number(value.toPrecision(3)))
}

const NANOSECONDS = { ms: 1e6, us: 1e3, ns: 1, tasks: Number.NaN, bytes: Number.NaN }

function perOperation({ unit }: Report, { median, operations }: Figure): string {
  return operations === null ? '' : digits((median * NANOSECONDS[unit]) / operations)
}

function rate({ unit }: Report, { median, operations }: Figure): string {
  return Math.round((1e9 * (operations ?? 1)) / (median * NANOSECONDS[unit])).toLocaleString('en')
}

function factsOf({ facts }: Figure): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name} ${digits(value)}`)
    .join(', ')
}
