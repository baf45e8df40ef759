import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { Unit } from './bench.ts'
import type { Figure, Outcome } from './figures.ts'
import type { Machine } from './machine.ts'

/** Everything about one run of one benchmark. */
export interface Report {
  readonly name: string
  readonly question: string
  readonly method: string
  readonly unit: Unit
  readonly each: string | null
  readonly perSecond: boolean
  readonly date: string
  readonly machine: Machine
  readonly commit: string
  readonly quick: boolean
  readonly rounds: number
  readonly figures: readonly Figure[]
  readonly outcomes: readonly Outcome[]
  /** What was left out or went wrong, in sentences. */
  readonly notes: readonly string[]
  readonly failed: boolean
}

export const RESULTS = fileURLToPath(new URL('../results/', import.meta.url))
/** Where the results of quick runs go: the figures mean nothing and must not be taken for results. */
export const QUICK_RESULTS = fileURLToPath(new URL('../../.cache/bench/', import.meta.url))

/** Writes `<date>-<node>-<name>.json`; a second run on the same day replaces the first. Returns the path. */
export function save(report: Report): string {
  const directory = report.quick ? QUICK_RESULTS : RESULTS
  mkdirSync(directory, { recursive: true })
  const file = `${report.date.slice(0, 10)}-${report.machine.node}-${report.name.replace('/', '-')}.json`
  writeFileSync(directory + file, `${JSON.stringify(report, undefined, 2)}\n`)
  return directory + file
}

/** The newest report of each benchmark on each major version of Node, by benchmark, newest Node first. */
export function latest(directory = RESULTS): Map<string, Report[]> {
  const newest = new Map<string, Report>()
  for (const file of readdirSync(directory).filter(name => name.endsWith('.json'))) {
    const report = JSON.parse(readFileSync(directory + file, 'utf8')) as Report
    if (report.quick) continue
    const key = `${report.name} ${major(report)}`
    const known = newest.get(key)
    if (known === undefined || known.date < report.date) newest.set(key, report)
  }
  const byBench = new Map<string, Report[]>()
  for (const report of [...newest.values()].toSorted((a, b) => major(b) - major(a))) {
    byBench.set(report.name, [...(byBench.get(report.name) ?? []), report])
  }
  return byBench
}

const major = (report: Report): number => Number.parseInt(report.machine.node, 10)
