// node bench/native.ts FILE.json: prints figures of native schedulers that you have measured on this machine beside the
// newest of ours. They come from another program in another run, so no ratio is printed as a result of ours.
//
// FILE.json: [{ "bench": "fork/fib", "variant": "two workers", "system": "Rayon 1.12 join", "unit": "ms", "median": 648 }]
// where bench and variant name the row of ours to stand beside.
import { readFileSync } from 'node:fs'

import { latest } from './support/report.ts'
import { digits, print } from './support/table.ts'

interface Native {
  readonly bench: string
  readonly variant: string
  readonly system: string
  readonly unit: string
  readonly median: number
}

const file = process.argv[2]
if (file === undefined) throw new TypeError('Name a JSON file: node bench/native.ts FILE.json')
const given: unknown = JSON.parse(readFileSync(file, 'utf8'))
if (!Array.isArray(given) || !given.every(isNative)) {
  throw new TypeError(`${file} is not a list of { bench, variant, system, unit, median }.`)
}

const ours = latest()
print([
  ['benchmark', 'row', 'system', 'theirs', 'ours', 'measured on'],
  ...given.map(({ bench, variant, system, unit, median }) => {
    const report = ours.get(bench)?.[0]
    const figure = report?.figures.find(row => row.variant === variant)
    return [
      bench,
      variant,
      system,
      `${digits(median)} ${unit}`,
      report === undefined || figure === undefined ? 'not measured' : `${digits(figure.median)} ${report.unit}`,
      report === undefined ? '' : `${report.machine.cpu}, Node ${report.machine.node}`,
    ]
  }),
])

function isNative(value: unknown): value is Native {
  if (typeof value !== 'object' || value === null) return false
  const { bench, variant, system, unit, median } = value as Partial<Record<keyof Native, unknown>>
  return [bench, variant, system, unit].every(text => typeof text === 'string') && typeof median === 'number'
}
