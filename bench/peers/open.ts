import { fileURLToPath } from 'node:url'

import { load } from './load.mjs'
import type { PeerName } from './names.ts'

/** One JavaScript pool, with what the benchmarks need of it. */
export interface Peer {
  run(kernel: Kernel, value: unknown): Promise<unknown>
  close(): Promise<unknown>
}

/** A function of kernels.mjs. */
export type Kernel = 'next' | 'spin' | 'tick' | 'sum' | 'mandelbrot' | 'roots'

/** A pool of that many threads, with the defaults of its makers otherwise. Its threads may still be starting. */
export function openPeer(name: PeerName, threads: number): Promise<Peer> {
  return open[name](threads)
}

/** nanothreads takes a Node with a `navigator` for a browser and starts no thread. */
export const FLAGS: Partial<Record<PeerName, readonly string[]>> = {
  nanothreads: ['--no-experimental-global-navigator'],
}

const KERNELS = new URL('kernels.mjs', import.meta.url).href

interface PiscinaLike {
  run(value: unknown, options: { name: string }): Promise<unknown>
  destroy(): Promise<void>
}
type PiscinaClass = new (options: Record<string, unknown>) => PiscinaLike

function piscinaLike(Pool: PiscinaClass, threads: number): Peer {
  const pool = new Pool({ filename: KERNELS, minThreads: threads, maxThreads: threads })
  return { run: (name, value) => pool.run(value, { name }), close: () => pool.destroy() }
}

// Sent as text, and so without anything of this module.
const increment = (n: number): number => n + 1
const imported = async ({ url, name, value }: { url: string; name: Kernel; value: unknown }): Promise<unknown> =>
  (await import(url))[name](value)

const open: Record<PeerName, (threads: number) => Promise<Peer>> = {
  async piscina(threads) {
    const { Piscina } = (await load('piscina')) as { Piscina: PiscinaClass }
    return piscinaLike(Piscina, threads)
  },

  async tinypool(threads) {
    const { Tinypool } = (await load('tinypool')) as { Tinypool: PiscinaClass }
    return piscinaLike(Tinypool, threads)
  },

  async workerpool(threads) {
    interface Workerpool {
      pool(
        file: string,
        options: object,
      ): { exec(name: string, args: unknown[]): Promise<unknown>; terminate(): Promise<void> }
    }
    const { default: workerpool } = (await load('workerpool')) as { default: Workerpool }
    const file = fileURLToPath(new URL('workerpool.worker.mjs', import.meta.url))
    const pool = workerpool.pool(file, { minWorkers: threads, maxWorkers: threads, workerType: 'thread' })
    return { run: (name, value) => pool.exec(name, [value]), close: () => pool.terminate() }
  },

  async poolifier(threads) {
    type FixedThreadPool = new (
      threads: number,
      file: string,
    ) => { execute(value: unknown, name: string): Promise<unknown>; destroy(): Promise<void> }
    const { FixedThreadPool } = (await load('poolifier')) as { FixedThreadPool: FixedThreadPool }
    const pool = new FixedThreadPool(threads, fileURLToPath(new URL('poolifier.worker.mjs', import.meta.url)))
    return { run: (name, value) => pool.execute(value, name), close: () => pool.destroy() }
  },

  async multithreading(threads) {
    interface Outcome {
      readonly ok: boolean
      readonly value: unknown
      readonly error: unknown
    }
    interface Multithreading {
      initRuntime(options: { maxWorkers: number }): void
      spawn(value: unknown, fn: (value: never) => unknown): { join(): Promise<Outcome> }
      move(...values: unknown[]): unknown
      shutdown(): void
    }
    const { initRuntime, spawn, move, shutdown } = (await load('multithreading')) as Multithreading
    // It warns of each shared array that is moved without a lock.
    console.warn = () => {}
    initRuntime({ maxWorkers: threads })
    return {
      async run(name, value) {
        const spawned =
          name === 'next' ? spawn(move(value), increment) : spawn(move({ url: KERNELS, name, value }), imported)
        const outcome = await spawned.join()
        if (!outcome.ok) throw outcome.error
        return outcome.value
      },
      close: async () => shutdown(),
    }
  },

  async nanothreads(threads) {
    type ThreadPool = new (options: { task: (url: string, name: string, value: never) => unknown; count: number }) => {
      exec(url: string, name: string, value: unknown): Promise<unknown>
      terminate(): void
    }
    const { ThreadPool } = (await load('nanothreads')) as { ThreadPool: ThreadPool }
    // One function for the whole pool, sent as text. Importing again costs it a microsecond: `next` is given inline.
    const pool = new ThreadPool({
      task: (url, name, value) => {
        if (name === 'next') return (value as number) + 1
        return import(url).then(module => module[name](value))
      },
      count: threads,
    })
    return { run: (name, value) => pool.exec(KERNELS, name, value), close: async () => pool.terminate() }
  },
}
