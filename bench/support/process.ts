import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { Measured, Settings, Variant } from './bench.ts'
import type { Run } from './figures.ts'

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))
/** A process that has not ended by then is killed and noted. */
const EXIT_LIMIT = 3000

/**
 * Runs one variant in a fresh process, so that "fresh" means fresh: no code, no feedback and no heap of another variant.
 *
 * @throws if the process fails, ends without a result (its event loop ran dry), or takes longer than its limit
 */
export async function runInProcess(
  module: string,
  name: string,
  variant: Variant,
  settings: Settings,
): Promise<Omit<Run, 'cores'>> {
  const child = fork(CHILD, [module, name, JSON.stringify(settings)], {
    execArgv: ['--disable-warning=ExperimentalWarning', ...(variant.flags ?? [])],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>
  const limit = settings.quick ? 30_000 : (variant.limit ?? 120_000)
  let hung = false
  const clock = setTimeout(() => {
    hung = true
    child.kill('SIGKILL')
  }, limit)

  try {
    const message = once(child, 'message') as Promise<[Measured]>
    // `once` rejects on an error event; the race below may already be over by then.
    message.catch(() => {})
    const first = await Promise.race([message, exited])
    if (typeof first[0] !== 'object' || first[0] === null) {
      if (hung) throw new Error(`no result within ${limit / 1000} s: it hangs`)
      throw new Error(`it ended without a result (${first[1] ?? `exit code ${first[0]}`})`)
    }
    const since = performance.now()
    const killer = setTimeout(() => child.kill('SIGKILL'), EXIT_LIMIT)
    const [code, signal] = await exited
    clearTimeout(killer)
    if (signal === null && code !== 0) throw new Error(`it ended with exit code ${code} after its result`)
    return { ...first[0], exit: signal === null ? performance.now() - since : undefined }
  } finally {
    clearTimeout(clock)
    child.kill('SIGKILL')
  }
}
