import { TaskError } from '../errors.ts'

/**
 * How a task is named the same in every thread: the URL of the module that declares it, and the how-many-eth it is there.
 * A hash of the source text is compared as well (scheduler/directory.ts), so that two versions of a module cannot be confused.
 */
export interface Identity {
  readonly url: string
  readonly ordinal: string
}

/** Declarations seen so far, by module. */
const counts = new Map<string, number>()

export function identify(url: string): Identity {
  const count = counts.get(url) ?? 0
  counts.set(url, count + 1)
  return { url, ordinal: String(count) }
}

interface CallSite {
  getFileName(): string | null | undefined
  getScriptNameOrSourceURL?(): string | null | undefined
}

/** URL of the module whose code called `task`, from the stack. `above` is the function whose caller is sought. */
export function callerUrl(above: (...args: never[]) => unknown): string {
  const { prepareStackTrace, stackTraceLimit } = Error
  const holder: { stack?: unknown } = {}
  try {
    Error.stackTraceLimit = 1
    Error.prepareStackTrace = (_error, sites) => sites
    Error.captureStackTrace(holder, above)
    const site = (holder.stack as readonly CallSite[] | undefined)?.[0]
    const url = site?.getFileName() ?? site?.getScriptNameOrSourceURL?.()
    if (typeof url === 'string' && url !== '')
      return url.includes('://') || url.startsWith('node:') ? url : `file://${url}`
  } finally {
    Error.stackTraceLimit = stackTraceLimit
    Error.prepareStackTrace = prepareStackTrace
  }
  throw new TaskError(
    'ERR_FILCH_IDENTITY',
    'task() cannot tell which module declares this task. Say it: task(import.meta, fn).',
  )
}
