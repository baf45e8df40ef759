import { exhaust, type Count, Failure, none, sample, type Scenario } from './explore.ts'
import type { Model } from './model.ts'

export interface Options {
  readonly seed: number
  /** How many interleavings are drawn by lot, more or less. */
  readonly times: number
  /** Every interleaving of the long ones too. */
  readonly all: boolean
}

export interface Findings {
  interleavings: number
  faults: number
  found: number
  failed: boolean
}

/** Logs what becomes of the scenarios of one model, and then tells for each of its faults what shows it. */
export async function examine(
  name: string,
  model: Model,
  options: Options,
  log: (line: string) => void,
): Promise<Findings> {
  const findings: Findings = { interleavings: 0, faults: 0, found: 0, failed: false }
  const costs = new Map<string, number>()
  for (const [what, scenario] of Object.entries(await model.build({}))) {
    for (const [how, run] of ways(scenario, options)) {
      const began = performance.now()
      try {
        const { executions, steps } = run()
        if (executions === 0) continue
        findings.interleavings += executions
        costs.set(`${what}, ${how}`, steps)
        log(`${name}: ${what}: ${how}: ${executions} interleavings, ${steps} steps, ${since(began)}`)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        findings.failed = true
        log(`${name}: ${what}: ${how}: FAILED: ${error.message}`)
      }
    }
  }
  for (const fault of Object.keys(model.faults)) {
    const began = performance.now()
    const by = await find(model, fault, costs, options)
    findings.faults++
    if (by === undefined) findings.failed = true
    else findings.found++
    log(`${name}: fault "${fault}": ${by ?? 'NOT FOUND'}, ${since(began)}`)
  }
  return findings
}

/** The ways in which a scenario is run; each throws a Failure. */
function* ways(scenario: Scenario, { seed, times: most, all }: Options): Generator<[how: string, run: () => Count]> {
  const times = most * (scenario.share ?? 1)
  const long = all ? undefined : scenario.long
  if (scenario.large === true || long === 'altogether') {
    yield ['by lot', () => sample(scenario, false, seed, 0, times)]
    // Fewer switches, so they are cheap.
    yield ['by priorities', () => sample(scenario, false, seed, 3, 10 * times)]
    yield ['by priorities, buffered', () => sample(scenario, true, seed, 3, 3 * times)]
    yield ['by lot, buffered', () => sample(scenario, true, seed, 0, times)]
    return
  }
  let plain = false
  const always: Scenario['always'] = () => {
    const check = scenario.always?.()
    return (memory, step) => {
      plain ||= step.op.kind === 'write'
      check?.(memory, step)
    }
  }
  yield ['every one', () => exhaust({ ...scenario, always }, false)]
  if (long === 'buffered') {
    yield ['by priorities, buffered', () => sample(scenario, true, seed, 3, 10 * times)]
    return
  }
  // Without plain writes there is nothing to buffer. Asked when it is run, which is after the other.
  yield ['every one, buffered', () => (plain ? exhaust(scenario, true) : none())]
}

function since(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`
}

/** What shows the fault, if anything does. Where it was seen comes first, then what is cheap without it: `costs` are in steps. */
async function find(
  model: Model,
  fault: string,
  costs: ReadonlyMap<string, number>,
  options: Options,
): Promise<string | undefined> {
  const all = Object.entries(await model.build(model.faults[fault]!)).flatMap(([what, scenario]) =>
    Array.from(ways(scenario, options), ([how, run]) => ({
      what,
      how,
      run,
      cost: what === model.shownIn?.[fault] ? 0 : (costs.get(`${what}, ${how}`) ?? Infinity),
    })),
  )
  for (const { what, how, run } of all.toSorted((a, b) => (a.cost < b.cost ? -1 : a.cost > b.cost ? 1 : 0))) {
    try {
      run()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const [finding] = error.message.split('\n') as [string]
      // A name that the source has no more: the fault was never in it.
      return finding.endsWith('is not defined') ? undefined : `${what}, ${how}: ${finding}`
    }
  }
  return undefined
}
