import type { Check, Measured, Statistic, Unit } from './bench.ts'

/** What one process measured, and how many cores two threads got just before and just after it (the smaller). */
export interface Run extends Measured {
  readonly cores: number
  /** Milliseconds from the result to the end of the process; undefined if it had to be killed. */
  readonly exit: number | undefined
}

/** Below this, two threads did not have two cores to themselves, and the run says little. */
export const QUIET = 1.8

/** One row of a table. JSON has no infinity: an `exit` of null is a process that did not end by itself. */
export interface Figure {
  readonly variant: string
  readonly best: number
  readonly median: number
  readonly mean: number
  readonly p99: number
  readonly worst: number
  readonly exit: number | null
  readonly operations: number | null
  readonly facts: Readonly<Record<string, number>>
  /** Samples that count, and the processes they come from. */
  readonly samples: number
  readonly processes: number
  /** False: no process had two cores, and the figures are of all processes instead of the quiet ones. */
  readonly quiet: boolean
  /** The fewest cores that two threads got around a process that counts. */
  readonly cores: number
  /** One per process, the median of its samples: where a spread comes from can be seen. */
  readonly medians: readonly number[]
}

export interface Outcome {
  readonly what: string
  readonly unit: Unit | 'x'
  /** At the statistic that the check names. */
  readonly value: number
  /** Best against best, or the best sample. */
  readonly best: number
  readonly at: Statistic
  readonly bar: string
  /** More is better. */
  readonly gain: boolean
  readonly met: boolean | null
  readonly quiet: boolean
}

export function figure(variant: string, runs: readonly Run[]): Figure {
  const quietRuns = runs.filter(run => run.cores >= QUIET)
  const counted = quietRuns.length > 0 ? quietRuns : runs
  const samples = counted.flatMap(run => run.samples).toSorted((a, b) => a - b)
  if (samples.length === 0) throw new Error(`${variant} gave no samples`)
  const exits = counted.map(run => run.exit)
  return {
    variant,
    best: samples[0]!,
    median: quantile(samples, 0.5),
    mean: samples.reduce((sum, value) => sum + value, 0) / samples.length,
    p99: quantile(samples, 0.99),
    worst: samples.at(-1)!,
    exit: exits.includes(undefined) ? null : Math.max(...exits.map(Number)),
    operations: counted[0]!.operations ?? null,
    facts: mediansOfFacts(counted),
    samples: samples.length,
    processes: counted.length,
    quiet: quietRuns.length > 0,
    cores: Math.min(...counted.map(run => run.cores)),
    medians: counted.map(run => median(run.samples)),
  }
}

export function outcome(check: Check, figures: ReadonlyMap<string, Figure>, unit: Unit): Outcome | undefined {
  const { what, of, to, gain = false, at = 'median', most, least } = check
  const mine = figures.get(of)
  const names = typeof to === 'string' ? [to] : to
  const bases = names?.map(name => figures.get(name)).filter(base => base !== undefined)
  if (mine === undefined || (bases !== undefined && bases.length === 0)) return undefined
  const ratio = (statistic: Statistic): number => {
    const value = mine[statistic] ?? Infinity
    return bases === undefined ? value : value / Math.min(...bases.map(base => base[statistic] ?? Infinity))
  }
  const turn = (value: number): number => (gain ? 1 / value : value)
  const value = turn(ratio(at))
  return {
    what,
    unit: bases === undefined ? (at === 'exit' ? 'ms' : unit) : 'x',
    value,
    best: turn(ratio(at === 'exit' ? at : 'best')),
    at,
    gain,
    bar: most === undefined ? (least === undefined ? '' : `>= ${least}`) : `<= ${most}`,
    met: most === undefined ? (least === undefined ? null : value >= least) : value <= most,
    quiet: mine.quiet && (bases ?? []).every(base => base.quiet),
  }
}

export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  )
}

/** Of sorted values: the nearest rank, and no interpolation, so that each figure is one that was measured. */
function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)]!
}

function mediansOfFacts(runs: readonly Run[]): Record<string, number> {
  const names = new Set(runs.flatMap(run => Object.keys(run.facts ?? {})))
  return Object.fromEntries(
    Array.from(names, name => [name, median(runs.flatMap(run => run.facts?.[name] ?? []))] as const),
  )
}
