import { OptionError, refuseOthers } from '../errors.ts'
import type { Discipline } from '../wire/guard.ts'

/** How a pool is made. Every option has a default; a value that cannot be used is an error, and so is an unknown name. */
export interface PoolOptions {
  /**
   * Threads. Default: `FILCH_THREADS`, else as many as this process may use at once (`availableParallelism()`). 0: no thread is
   * started and everything runs on the caller, with the same results.
   */
  readonly threads?: number
  /** Shown in errors, thread names and `stats()`. Default: `filch`. */
  readonly name?: string
  /** Stack of each thread in MB. Default 4, as Node's. Deep recursion in tasks needs more. */
  readonly stackSizeMb?: number
  /** Heap limit of each thread in MB. A thread beyond it ends with a `WorkerLostError`, and another takes its place. Default: Node's. */
  readonly maxHeapMb?: number
  /**
   * What happens to objects given to a fork, which must not change afterwards: whether it is stolen must not matter.
   * `freeze` (default) freezes them deeply, once per object; `copy` copies them at every fork; `trust` does nothing and
   * believes you.
   */
  readonly immutability?: Discipline
  /**
   * `M:N` (default): the threads share all tasks. `1:1`: every run and every spawned task has a thread of its own, kept for the next one;
   * the `threads` take forks alone. A thread costs some 30 ms to start and some megabytes. Where `maxThreads` are in use, tasks share the
   * `threads` as in `M:N`. The environment variable `FILCH_MODE` sets the default.
   */
  readonly mode?: 'M:N' | '1:1'
  /**
   * Threads that the pool may have at once: its own, those of dedicated tasks, spares for tasks that block (see {@link blocking}), those
   * added by `resize`. Default: at least 16 more than `threads`. A seat that is not taken costs 3 kB of address space.
   */
  readonly maxThreads?: number
  /** Dedicated and spare threads end when they have had nothing to do for so many milliseconds. Default 2000. */
  readonly idleTimeout?: number
  /**
   * After so many milliseconds in which a task has neither forked, joined, waited nor yielded, the thread that made the pool says so: by a
   * warning, or to `onStuck`. With `compensate`, a spare thread works in its place meanwhile. Default: nobody looks, which costs nothing.
   */
  readonly watchdog?: number | Watch
}

/** How a pool is watched. */
export interface Watch {
  readonly ms: number
  readonly onStuck?: (stuck: Stuck) => void
  readonly compensate?: boolean
}

/** A task that keeps its worker from everything else. */
export interface Stuck {
  /** Its name and place. */
  readonly task: string
  /** Index of the worker. */
  readonly worker: number
  /** For how long it has not been seen to do anything, in milliseconds. */
  readonly ms: number
}

/** The same, checked, with the defaults filled in. */
export interface Settings extends Required<Omit<PoolOptions, 'maxHeapMb' | 'watchdog'>> {
  readonly maxHeapMb?: number
  readonly watchdog: Watch | undefined
}

const MOST_THREADS = 510
const NAMES = [
  'threads',
  'name',
  'stackSizeMb',
  'maxHeapMb',
  'immutability',
  'mode',
  'maxThreads',
  'idleTimeout',
  'watchdog',
]
/** Bits of 32 seats are looked at together, so that is how many a pool has at least. */
const GROUP = 32
/** Threads that every pool may add. */
const LEAST_EXTRA = 16

/** `variable` and `modeVariable` are what the environment says. */
export function settle(
  options: PoolOptions,
  variable: string | undefined,
  cores: number,
  modeVariable?: string,
): Settings {
  if (typeof options !== 'object' || options === null)
    throw new OptionError('options', options, 'Give an object, or nothing.')
  refuseOthers('An option of Pool', options, NAMES)
  // Own properties only: an inherited one was meant for something else.
  const own: PoolOptions = Object.fromEntries(Object.entries(options))
  // Not `??`: null is a mistake, not an absence.
  const {
    threads = fromVariable(variable) ?? cores,
    name = 'filch',
    stackSizeMb = 4,
    immutability = 'freeze',
    maxHeapMb,
    mode = modeFrom(modeVariable),
    maxThreads = mostOf(threads),
    idleTimeout = 2000,
  } = own
  const watchdog = watchOf(own.watchdog)
  const settings = { threads, name, stackSizeMb, immutability, mode, maxThreads, idleTimeout, watchdog }
  if (!Number.isInteger(threads) || threads < 0 || threads > MOST_THREADS) {
    throw new OptionError('threads', threads, `Give a whole number from 0 to ${MOST_THREADS}.`)
  }
  if (typeof name !== 'string' || name === '') throw new OptionError('name', name, 'Give some text.')
  if (typeof stackSizeMb !== 'number' || !(stackSizeMb >= 1 && stackSizeMb <= 1024)) {
    throw new OptionError('stackSizeMb', stackSizeMb, 'Give a number of megabytes from 1 to 1024.')
  }
  if (!['freeze', 'copy', 'trust'].includes(immutability)) {
    throw new OptionError('immutability', immutability, "Give 'freeze', 'copy' or 'trust'.")
  }
  if (mode !== 'M:N' && mode !== '1:1') throw new OptionError('mode', mode, "Give 'M:N' or '1:1'.")
  if (!Number.isInteger(maxThreads) || maxThreads < threads || maxThreads > MOST_THREADS) {
    throw new OptionError('maxThreads', maxThreads, `Give a whole number from ${threads} (threads) to ${MOST_THREADS}.`)
  }
  if (!isTime(idleTimeout)) throw new OptionError('idleTimeout', idleTimeout, 'Give a number of milliseconds above 0.')
  if (maxHeapMb === undefined) return settings
  if (typeof maxHeapMb !== 'number' || !(maxHeapMb >= 8)) {
    throw new OptionError('maxHeapMb', maxHeapMb, 'Give a number of megabytes, at least 8.')
  }
  return { ...settings, maxHeapMb }
}

/** `FILCH_MODE`: a mode; empty counts as not set. */
function modeFrom(text = ''): 'M:N' | '1:1' {
  if (text.trim() === '' || text.trim() === 'M:N') return 'M:N'
  if (text.trim() === '1:1') return '1:1'
  throw new OptionError('FILCH_MODE', text, 'Set it to M:N or 1:1, or leave it empty.')
}

function mostOf(threads: number): number {
  if (!Number.isInteger(threads)) return 0
  return Math.min(MOST_THREADS, GROUP * Math.ceil((threads + 1 + LEAST_EXTRA) / GROUP) - 1)
}

function isTime(ms: unknown): boolean {
  return typeof ms === 'number' && ms > 0 && isTimeable(ms)
}

const WATCH_NAMES = ['ms', 'onStuck', 'compensate']

function watchOf(option: unknown): Watch | undefined {
  if (option === undefined) return undefined
  const watch = (typeof option === 'object' && option !== null ? option : { ms: option }) as Watch
  refuseOthers('An option of watchdog', watch, WATCH_NAMES)
  if (!isTime(watch.ms)) throw new OptionError('watchdog', watch.ms, 'Give a number of milliseconds above 0.')
  if (watch.onStuck !== undefined && typeof watch.onStuck !== 'function')
    throw new OptionError('onStuck', watch.onStuck, 'Give a function.')
  return watch
}

/** `FILCH_THREADS`: a whole number; empty counts as not set. */
function fromVariable(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  if (!/^[0-9]{1,3}$/.test(text.trim()) || Number(text) > MOST_THREADS) {
    throw new OptionError(
      'FILCH_THREADS',
      text,
      `Set it to a whole number from 0 to ${MOST_THREADS}, or leave it empty.`,
    )
  }
  return Number(text)
}

/** How a run is made. */
export interface RunOptions {
  /** Cancels the run: its promise rejects at once, queued work is dropped, running tasks end at their next fork or `yieldNow`. */
  readonly signal?: AbortSignal
  /** The same after so many milliseconds, at most 2147483647; `Infinity`: never. */
  readonly timeout?: number
  /** Called on the caller's event loop, some ten times a second while it changes, with the sum of what the tasks gave to `progress`. */
  readonly onProgress?: (done: number) => void
}

/** Timers take no more, and end at once when given more. */
const LONGEST_TIMER = 2 ** 31 - 1

function isTimeable(timeout: number): boolean {
  return timeout <= LONGEST_TIMER || timeout === Infinity
}

const RUN_NAMES = ['signal', 'timeout', 'onProgress']

export function checkRun(options: RunOptions): void {
  if (typeof options !== 'object' || options === null) throw new OptionError('options', options, 'Give an object.')
  refuseOthers('An option of a run', options, RUN_NAMES)
  const { signal, timeout, onProgress } = options
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new OptionError('signal', signal, 'Give an AbortSignal.')
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout >= 0 && isTimeable(timeout))) {
    throw new OptionError('timeout', timeout, `Give a number of milliseconds from 0 to ${LONGEST_TIMER}, or Infinity.`)
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new OptionError('onProgress', onProgress, 'Give a function.')
  }
}
