import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { part } from './parts.ts'

/** A round takes a second or two; this one hangs. */
const DEADLINE = 60_000
const LAST_WORDS = 2_000

export interface Order {
  readonly name: string
  /** Seed of the first round; the others follow. */
  readonly seed: number
  /** At most so many rounds, */
  readonly rounds: number
  /** begun within so many milliseconds. */
  readonly ms?: number
  /** Where the process may run: a list of CPUs for `taskset`. */
  readonly cpus?: string
  readonly onRound?: (seed: number, tallies: ReadonlyMap<string, number>) => void
}

export interface Outcome {
  readonly rounds: number
  readonly tallies: ReadonlyMap<string, number>
  /** The round that failed, and how; undefined if none has. */
  readonly failure: { readonly seed: number; readonly why: string } | undefined
  readonly replay: string
}

/**
 * Plays rounds of one part in a process of its own, up to the first failure. A process that has said nothing for
 * {@link DEADLINE} is killed, whatever its event loop does.
 */
export async function watch({ name, seed, rounds, ms = 0, cpus, onRound }: Order): Promise<Outcome> {
  const path = fileURLToPath(new URL('play.ts', import.meta.url))
  const flags = ['--disable-warning=FilchWarning', ...(part(name).flags ?? [])]
  const command = [process.execPath, ...flags, path, name, String(seed), String(rounds), String(ms)]
  if (cpus !== undefined) command.unshift('taskset', '-c', cpus)
  const { FILCH_THREADS: _, NODE_OPTIONS: __, ...env } = process.env
  const playing = spawn(command[0]!, command.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let hangs = false
  const watchdog = setTimeout(() => {
    hangs = true
    // If its event loop turns, it says what its pools look like.
    playing.kill('SIGUSR2')
    setTimeout(() => playing.kill('SIGKILL'), LAST_WORDS)
  }, DEADLINE)
  const tallies = new Map<string, number>()
  let at = seed
  let played = 0
  let last = ''
  const lines = createInterface({ input: playing.stdout }).on('line', line => {
    watchdog.refresh()
    last = line
    if (line.startsWith('round ')) at = Number(line.slice(6))
    if (!line.startsWith('done ')) return
    played++
    for (const [noun, count] of Object.entries(JSON.parse(line.slice(5)) as Record<string, number>)) {
      const before = tallies.get(noun) ?? 0
      tallies.set(noun, noun.startsWith('most ') ? Math.max(before, count) : before + count)
    }
    onRound?.(at, tallies)
  })
  let said = ''
  playing.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-10_000)))
  const end = await new Promise<string>((resolve, reject) => {
    playing.on('error', reject)
    playing.on('close', (code, signal) => resolve(signal ?? String(code)))
  })
  clearTimeout(watchdog)
  lines.close()
  const well = end === '0' && last === 'closed' && !hangs
  const why = hangs ? `nothing was heard for ${DEADLINE / 1000} s after "${last}"` : `ended with ${end} after "${last}"`
  return {
    rounds: played,
    tallies,
    failure: well ? undefined : { seed: at, why: `${why}\n${said}` },
    replay: `npm run soak -- --only ${name} --seed ${at} --rounds 1${cpus === undefined ? '' : ' --cpus ' + cpus}`,
  }
}
