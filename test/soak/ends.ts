import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { Part, Tally } from './part.ts'

const STATES = ['idle', 'parked', 'running', 'queued', 'default'] as const
/** How a process ends, and what it then ends with. */
const ENDS: Readonly<Record<string, string>> = {
  main: '0',
  exit: '7',
  throw: '1',
  SIGINT: 'SIGINT',
  SIGTERM: 'SIGTERM',
  SIGHUP: 'SIGHUP',
}

/** Every state of a pool times every end of its process: the process is gone, with the code that it should have. */
async function round(seed: number): Promise<Tally> {
  const names = Object.keys(ENDS)
  const state = STATES[seed % STATES.length]!
  const end = names[Math.floor(seed / STATES.length) % names.length]!
  const program = fileURLToPath(new URL('ends.program.ts', import.meta.url))
  const ended = spawn(process.execPath, [program, state, end], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  let asked = performance.now()
  ended.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    if (!text.includes('ready')) return
    asked = performance.now()
    if (end.startsWith('SIG')) ended.kill(end as NodeJS.Signals)
  })
  const [code, signal] = (await once(ended, 'close')) as [number | null, NodeJS.Signals | null]
  const got = signal ?? String(code)
  if (got !== ENDS[end]) throw new Error(`${state}, ended by ${end}: it ended with ${got}, not ${ENDS[end]}`)
  // What is pending holds the process: nothing is lost in silence.
  const wanted = end === 'main' && ['running', 'queued', 'default'].includes(state) ? 'ready\nall\n' : 'ready\n'
  if (out !== wanted) throw new Error(`${state}, ended by ${end}: it said ${JSON.stringify(out)}`)
  return { 'processes ended': 1, [`most ms to end by ${end}`]: Math.ceil(performance.now() - asked) }
}

export const ends: Part = { open: () => ({ round, close: async () => {} }) }
