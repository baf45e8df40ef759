/**
 * Every interleaving of the lock-free core: `npm run test:model`.
 *
 *   node test/model/run.ts [--only NAME] [--seed N] [--times N] [--all]
 *   node test/model/run.ts --only NAME --replay SCENARIO SCHEDULE     shows the steps of one
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

import { examine, type Findings, type Options } from './examine.ts'
import { replay } from './explore.ts'
import { models } from './models.ts'

/** Threads are made anew each time they go on, and die young. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 }

/** Examines one model in a thread of its own. */
function start(name: string, options: Options): Promise<Findings> {
  const worker = new Worker(import.meta.filename, { workerData: { name, options }, resourceLimits })
  return new Promise((resolve, reject) => {
    worker.on('message', (message: string | Findings) => {
      if (typeof message === 'string') console.log(message)
      else resolve(message)
    })
    worker.once('error', reject)
    worker.once('exit', code => reject(new Error(`${name}: its thread exited with ${code}`)))
  })
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string', default: '' },
      seed: { type: 'string', default: '1' },
      times: { type: 'string', default: '100' },
      all: { type: 'boolean', default: false },
      replay: { type: 'boolean', default: false },
    },
  })
  const names = Object.keys(models).filter(name => values.only === '' || values.only === name)
  if (values.replay) {
    const [what = '', schedule = ''] = positionals
    console.log(replay((await models[values.only]!.build({}))[what]!, schedule))
    return
  }
  const options = { seed: Number(values.seed), times: Number(values.times), all: values.all }
  const total: Findings = { interleavings: 0, faults: 0, found: 0, failed: names.length === 0 }
  const waiting = [...names]
  const next = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const findings = await start(name, options)
      total.interleavings += findings.interleavings
      total.faults += findings.faults
      total.found += findings.found
      total.failed ||= findings.failed
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, next))
  const { interleavings, faults, found, failed } = total
  console.log(`model: ${names.length} structures, ${interleavings} interleavings, ${faults} faults, ${found} found`)
  if (failed) process.exitCode = 1
}

if (isMainThread) await main()
else {
  const { name, options } = workerData as { name: string; options: Options }
  const findings = await examine(name, models[name]!, options, line => parentPort!.postMessage(line))
  parentPort!.postMessage(findings)
}
