// npm run bench -- [names] [--quick] [--rounds N]: measures what is named (fib, pool, fork/flat), or everything.
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

import type { Bench } from './support/bench.ts'
import { Cores } from './support/cores.ts'
import { QUIET } from './support/figures.ts'
import { commit, machine } from './support/machine.ts'
import { save } from './support/report.ts'
import { runBench } from './support/runner.ts'
import { figureRows, outcomeRows, print } from './support/table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, rounds: { type: 'string' }, list: { type: 'boolean' } },
})
const { quick } = values
const rounds = Number(values.rounds ?? (quick ? 1 : 5))
if (!Number.isInteger(rounds) || rounds < 1)
  throw new RangeError(`--rounds is ${values.rounds}. Give a whole number above 0.`)

const all = globSync('{channel,fork,live,pool,micro,par}/*.ts', { cwd: import.meta.dirname })
  .filter(path => !path.endsWith('.tasks.ts') && !/^par.(kernels|rows)\.ts$/.test(path))
  .map(path => path.replaceAll('\\', '/').slice(0, -'.ts'.length))
  .toSorted()
const chosen = all.filter(
  name => positionals.length === 0 || positionals.some(word => name.split('/').includes(word) || name === word),
)
const unknown = positionals.filter(word => !all.some(name => name.split('/').includes(word) || name === word))
if (unknown.length > 0)
  throw new RangeError(`There is no benchmark ${unknown.join(', ')}. There are: ${all.join(', ')}.`)

if (values.list) console.log(chosen.join('\n'))
else await measure()

async function measure(): Promise<void> {
  const benches = new Map<string, { url: string; bench: Bench }>()
  for (const name of chosen) {
    const { href: url } = pathToFileURL(`${import.meta.dirname}/${name}.ts`)
    benches.set(name, { url, bench: ((await import(url)) as { bench: Bench }).bench })
  }
  const missing = installPeers([...benches.values()].map(({ bench }) => bench))

  const { cpu, cores: count, system, node } = machine()
  console.log(
    `${cpu}, ${count} cores, ${system}, Node ${node}, commit ${commit()}${quick ? ', QUICK: figures mean nothing' : ''}`,
  )
  const cores = new Cores(quick ? 20 : 60)
  let failed = false
  try {
    for (let i = 0; i < 3; i++) await cores.measure()
    for (const [name, { url, bench }] of benches) {
      console.log(`\n=== ${name}: ${bench.question}`)
      const report = await runBench(name, url, bench, cores, { quick, rounds }, missing)
      print(figureRows(report))
      if (report.outcomes.length > 0) print(outcomeRows(report.outcomes))
      console.log(
        `${bench.method} Each row ran in ${report.rounds} or more fresh processes, interleaved; ratios are of medians. Two ` +
          `threads had their cores (${QUIET} or more) before and after each process that counts, unless it says "not quiet".`,
      )
      for (const note of report.notes) console.log(`- ${note}`)
      console.log(`-> ${save(report)}`)
      failed ||= report.failed
    }
  } finally {
    await cores.close()
  }
  if (failed) process.exitCode = 1
}

/** Peers that cannot be had, each with the reason. */
function installPeers(wanted: readonly Bench[]): Map<string, string> {
  const names = wanted.flatMap(bench => Object.values(bench.variants).flatMap(variant => variant.peer ?? []))
  if (names.length === 0) return new Map()
  const { status } = spawnSync(process.execPath, [`${import.meta.dirname}/peers/install.mjs`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 200_000,
  })
  if (status === 0) return new Map()
  console.log('The peers could not be installed (is a package registry within reach?). Only filch is measured.')
  return new Map(names.map(name => [name, 'it could not be installed']))
}
