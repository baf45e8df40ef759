import type { Bench, Settings } from './bench.ts'
import type { Cores } from './cores.ts'
import { figure, type Figure, median, outcome, QUIET, type Run } from './figures.ts'
import { commit, machine } from './machine.ts'
import { runInProcess } from './process.ts'
import type { Report } from './report.ts'

export interface Options extends Settings {
  /** Quiet processes wanted of each variant. */
  readonly rounds: number
}

/**
 * Measures all variants of a benchmark, interleaved: each round starts one process for each, in turn forwards and backwards,
 * so that a slow minute of the machine is shared by all. Cores are counted between any two of them.
 *
 * Rounds go on, up to twice as many as asked for, until each variant has had that many quiet processes.
 */
export async function runBench(
  name: string,
  url: string,
  bench: Bench,
  cores: Cores,
  { quick, rounds }: Options,
  missing: ReadonlyMap<string, string>,
): Promise<Report> {
  const notes: string[] = []
  const runs = new Map<string, Run[]>()
  for (const [key, { peer }] of Object.entries(bench.variants)) {
    const why = peer === undefined ? undefined : missing.get(peer)
    if (why === undefined) runs.set(key, [])
    else notes.push(`${key} is left out: ${why}`)
  }

  const wanted = Math.min(rounds, bench.rounds ?? rounds)
  const broken = new Set<string>()
  const settled = (key: string): boolean => runs.get(key)!.filter(run => run.cores >= QUIET).length >= wanted
  let before = await cores.measure()
  for (let round = 0; round < wanted * (quick ? 1 : 2); round++) {
    const keys = [...runs.keys()].filter(key => !broken.has(key))
    if (round >= wanted && keys.every(settled)) break
    for (const key of round % 2 === 0 ? keys : keys.toReversed()) {
      try {
        const run = await runInProcess(url, key, bench.variants[key]!, { quick })
        const after = await cores.measure()
        runs.get(key)!.push({ ...run, cores: Math.min(before, after) })
        progress(
          round,
          key,
          `${median(run.samples).toPrecision(4)} ${bench.unit}, cores ${Math.min(before, after).toFixed(2)}`,
        )
        before = after
      } catch (error) {
        // The other variants go on; this one fails the run at its end.
        broken.add(key)
        const what = error instanceof Error ? error.message : String(error)
        notes.push(`${key} FAILED in round ${round + 1}: ${what}`)
        progress(round, key, `FAILED: ${what}`)
        before = await cores.measure()
      }
    }
  }

  const figures = new Map<string, Figure>()
  for (const [key, taken] of runs) if (taken.length > 0) figures.set(key, figure(key, taken))
  return {
    name,
    question: bench.question,
    method: bench.method,
    unit: bench.unit,
    each: bench.each ?? null,
    perSecond: bench.perSecond ?? false,
    date: new Date().toISOString(),
    machine: machine(),
    commit: commit(),
    quick,
    rounds: wanted,
    figures: [...figures.values()],
    outcomes: bench.checks.map(check => outcome(check, figures, bench.unit)).filter(found => found !== undefined),
    notes,
    failed: broken.size > 0,
  }
}

function progress(round: number, key: string, text: string): void {
  process.stderr.write(`  round ${round + 1}  ${key.padEnd(34)} ${text}\n`)
}
