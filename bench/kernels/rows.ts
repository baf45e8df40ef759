import type { Bench, Check, Settings, Variant } from '../support/bench.ts'
import { median } from '../support/figures.ts'
import { inPool } from '../support/pool.ts'
import { type How, measure } from './measure.tasks.ts'

/** Sizes of a kernel, for a real run and for a quick one, and how often it is measured in a process. */
export interface Size {
  readonly size: number
  readonly quick: number
  readonly times: number
}

const row =
  (name: string, { size, quick, times }: Size, how: How, threads: number): Variant['measure'] =>
  (settings: Settings) =>
    inPool(threads, async pool => {
      const count = settings.quick ? quick : size
      const runs = await pool.run(measure, name, how, count, settings.quick ? 2 : times)
      return { samples: runs.map(({ wall }) => wall), facts: { 'ms of all cores': median(runs.map(({ cpu }) => cpu)) } }
    })

/** Bars for one kernel. */
export interface Bars {
  /** One worker against the loop, at most. */
  readonly one?: number
  /** Two workers against the loop, at least. */
  readonly gain?: number
  /** Two workers against two halves cut by hand, at least; without it, nothing is cut by hand. */
  readonly halves?: number
}

/** Four rows for each kernel, and the ratios between them. */
export function kernelBench(about: Pick<Bench, 'question' | 'method'>, names: Record<string, Size & Bars>): Bench {
  const variants: Record<string, Variant> = {}
  const checks: Check[] = []
  for (const [name, sized] of Object.entries(names)) {
    const { one, gain, halves } = sized
    const loop = `${name}: loop`
    const alone = `${name}: one worker`
    const both = `${name}: two workers`
    const cut = `${name}: cut by hand`
    variants[loop] = { measure: row(name, sized, 'loop', 1) }
    variants[alone] = { measure: row(name, sized, 'filch', 1) }
    variants[both] = { measure: row(name, sized, 'filch', 2) }
    checks.push({
      what: `${name}: one worker / loop`,
      of: alone,
      to: loop,
      ...(one === undefined ? {} : { most: one }),
    })
    checks.push({
      what: `${name}: two workers faster than the loop`,
      of: both,
      to: loop,
      gain: true,
      ...(gain === undefined ? {} : { least: gain }),
    })
    if (halves === undefined) continue
    variants[cut] = { measure: row(name, sized, 'halves', 2) }
    checks.push({ what: `${name}: two workers against a cut by hand`, of: both, to: cut, gain: true, least: halves })
  }
  return {
    ...about,
    unit: 'ms',
    rounds: 2,
    variants,
    checks,
  }
}
