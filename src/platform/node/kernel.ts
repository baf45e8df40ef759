// Not imported: that loads all that the module can name, streams among it, in every thread (a millisecond or two).
const { existsSync, readlinkSync } = process.getBuiltinModule('node:fs')

/** The kernel's number of this thread, where it can be had (Linux), else 0. */
export function threadNumber(): number {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1))
  } catch {
    return 0
  }
}

/** True if a thread that had that number has ended, whatever this thread's event loop knows of it. */
export function hasEnded(thread: number): boolean {
  return thread !== 0 && !existsSync(`/proc/self/task/${thread}`)
}
