import { availableParallelism } from 'node:os'
import { MessageChannel, type MessagePort, type ResourceLimits, Worker as Thread } from 'node:worker_threads'

import { FilchError } from '../../errors.ts'
import type { ChannelBuffers, Message } from './buffers.ts'
import type { Papers } from './thread.ts'

// `engines` makes npm warn, and no more.
if (!('withResolvers' in Promise)) {
  throw new FilchError('ERR_FILCH_PLATFORM', `filch needs Node 22.15 or later. This is ${process.version}.`)
}

/** Threads that the machine, its affinity mask and its container's quota leave to this process. */
export const cores: () => number = availableParallelism

export const environment: Readonly<Record<string, string | undefined>> = process.env

/** A line to a thread that is about to start: the far end of it, for its papers. */
export function lineFrom(buffers: ChannelBuffers): MessagePort {
  const { port1, port2 } = new MessageChannel()
  port1.on('message', (message: Message) => buffers.receive(message))
  port1.once('close', () => buffers.lines.delete(port1))
  port1.unref()
  buffers.lines.add(port1)
  return port2
}

/** Starts a thread that does not keep the process alive. `ended` is called once, when it can take no further step. */
export function startThread(
  papers: Papers,
  limits: ResourceLimits,
  ended: (why: string) => void,
): { stop(): Promise<unknown> } {
  const thread = new Thread(new URL('./worker.js', import.meta.url), {
    name: `${papers.name} ${papers.seat}`,
    workerData: papers,
    transferList: [papers.port],
    // Meant for the text given on the command line; a thread that runs a file refuses it. (And V8's flags may be inherited, not given.)
    ...(process.execArgv.some(flag => flag.startsWith('--input-type')) ? { execArgv: [] } : {}),
    resourceLimits: limits,
  })
  thread.unref()
  let failure = ''
  thread.on('error', error => (failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error)))
  thread.once('exit', code => ended(failure === '' ? `its thread exited with code ${code}` : failure))
  return { stop: () => thread.terminate() }
}

/** A name that no other pool has, in this or any other thread of the process. (Threads make no pools, and `node:crypto` takes 5 ms to load.) */
export function uniqueName(): string {
  return process.getBuiltinModule('node:crypto').randomUUID()
}

const lasts = new Set<() => void>()
const sayLast = (): void => {
  for (const last of lasts) last()
}

/** Calls `last` when this thread is about to end, before those that it has started are ended. Returns what takes that back. */
export function atExit(last: () => void): () => void {
  // One listener for all: Node warns of many.
  if (lasts.size === 0) process.on('exit', sayLast)
  lasts.add(last)
  return () => {
    if (lasts.delete(last) && lasts.size === 0) process.off('exit', sayLast)
  }
}

/** Tells the user of something that no promise will tell. */
export function warn(message: string): void {
  process.emitWarning(message, { type: 'FilchWarning' })
}

/** Holds the event loop, while held: pending work must, and nothing else that filch has does. */
export class Hold {
  readonly #timer = setInterval(() => {}, 2 ** 30).unref()

  set(on: boolean): void {
    if (on) this.#timer.ref()
    else this.#timer.unref()
  }

  end(): void {
    clearInterval(this.#timer)
  }
}
