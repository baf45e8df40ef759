import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Outcome {
  readonly code: number | null
  /** `SIGKILL` if it was still running at its deadline. */
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
  /** Milliseconds from start to end. */
  readonly took: number
}

interface ChildOptions {
  readonly flags?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** After so many milliseconds it counts as hanging, and is killed. */
  readonly deadline?: number
}

/** Runs a program of `test/pool/programs` in a Node process of its own: what may hang or die there does not take the tests along. */
export function child(program: string, options: ChildOptions = {}): Promise<Outcome> {
  const { flags = [], args = [], env = {}, deadline = 50_000 } = options
  const path = fileURLToPath(new URL(`programs/${program}`, import.meta.url))
  const { FILCH_THREADS: _, NODE_OPTIONS: __, ...inherited } = process.env
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const running = spawn(process.execPath, [...flags, path, ...args], {
      env: { ...inherited, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: deadline,
      killSignal: 'SIGKILL',
    })
    const texts = { out: '', err: '' }
    running.stdout.setEncoding('utf8').on('data', (text: string) => (texts.out += text))
    running.stderr.setEncoding('utf8').on('data', (text: string) => (texts.err += text))
    running.on('error', reject)
    running.on('close', (code, signal) => resolve({ code, signal, ...texts, took: performance.now() - start }))
  })
}
