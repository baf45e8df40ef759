/**
 * Every part for a long time: `npm run soak -- --minutes N [--seed S] [--only NAME] [--rounds N] [--cpus LIST]`. Prints what
 * has been accounted for, the seed of each failure and the command that plays it again; exits with 1 if there was one.
 */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

import { part, parts } from './parts.ts'
import { type Outcome, watch } from './watch.ts'

/** How the time is divided: so that half an hour on two processors sees 10^9 jobs, 10^7 programs and 5,000 faults. */
const shares: Readonly<Record<string, number>> = {
  channels: 5,
  deque: 20,
  jobs: 3,
  faults: 18,
  sleep: 4,
  life: 5,
  kills: 4,
  trees: 4,
  ends: 1,
  programs: 50,
}
/** The parts are played on one processor as well, for a share of the time. */
const ONE_CPU = 0.08

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    cpus: { type: 'string' },
  },
})
const rounds = Number(values.rounds ?? Infinity)
const minutes = Number(values.minutes ?? (values.rounds === undefined ? 10 : Infinity))
let seed = Number(values.seed ?? Date.now() % 1e9)
if (!(minutes > 0) || !(rounds > 0) || !Number.isInteger(seed))
  throw new RangeError('--minutes, --rounds and --seed are numbers')

interface Turn {
  readonly name: string
  readonly share: number
  readonly cpus: string | undefined
}

const named = values.only === undefined ? Object.keys(parts) : [values.only]
const turns: Turn[] = named.map(name => ({ name, share: shares[name] ?? 1, cpus: values.cpus }))
const pinnable = spawnSync('taskset', ['-c', '0', process.execPath, '--version']).status === 0
if (values.only === undefined && values.cpus === undefined && pinnable) {
  turns.push(...turns.map(turn => ({ ...turn, share: turn.share * ONE_CPU, cpus: '0' })))
}
const whole = turns.reduce((sum, { share }) => sum + share, 0)

const begun = performance.now()
const show = (count: number): string => count.toLocaleString('en-GB')
const list = (tallies: ReadonlyMap<string, number>): string =>
  [...tallies].map(([noun, count]) => `${show(count)} ${noun}`).join(', ')
const say = (text: string): void =>
  console.log(`${((performance.now() - begun) / 60_000).toFixed(1).padStart(6)} min  ${text}`)

const totals = new Map<string, number>()
let played = 0
let failures = 0

async function play({ name, share, cpus }: Turn): Promise<void> {
  const title = cpus === undefined ? name : `${name} on CPU ${cpus}`
  part(name)
  const until = performance.now() + (minutes * 60_000 * share) / whole
  for (let left = rounds; left > 0 && performance.now() < until;) {
    let said = performance.now()
    const outcome: Outcome = await watch({
      name,
      seed,
      rounds: left,
      ms: Number.isFinite(until) ? until - performance.now() : 0,
      ...(cpus === undefined ? {} : { cpus }),
      onRound: (at, tallies) => {
        if (performance.now() - said < 30_000) return
        said = performance.now()
        say(`${title}, seed ${at}: ${list(tallies)}`)
      },
    })
    played += outcome.rounds
    left -= outcome.rounds + 1
    seed += outcome.rounds + 1
    for (const [noun, count] of outcome.tallies) totals.set(noun, (totals.get(noun) ?? 0) + count)
    say(`${title}: ${outcome.rounds} rounds, ${list(outcome.tallies)}`)
    if (outcome.failure === undefined) return
    failures++
    say(`FAILED ${title}, seed ${outcome.failure.seed}: ${outcome.failure.why}\nagain: ${outcome.replay}`)
  }
}

say(`seed ${seed}, Node ${process.version}`)
for (const turn of turns) await play(turn)
console.log(`soak: ${show(played)} rounds, ${list(totals)}; ${failures} failures`)
process.exitCode = failures === 0 && played > 0 ? 0 : 1
