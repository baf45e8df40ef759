import { FilchError, OptionError } from '../errors.ts'
import type { Front } from './residents.ts'
import type { TaskRecord } from './tasks.ts'
import type { Worker } from './worker.ts'

/** The entrance from outside of tasks to the room where tasks live on. */
export interface Lobby {
  /** Gives the seat of the thread that made a pool its residents, if it has none yet. */
  open(worker: Worker, front: Front): void
  spawn(worker: Worker, options: unknown, record: TaskRecord, args: readonly unknown[]): unknown
  /** What lives on the seat of this thread; the same as a task; and who waits for each other. */
  describe(worker: Worker): unknown
  readonly describer: unknown
  cyclesOf(dump: never): unknown
  /** Warns of tasks that wait for each other, as `look` finds them. What is returned is to be told whether work is pending. */
  watch(
    name: string,
    worker: Worker,
    look: () => Promise<unknown>,
    warn: (text: string) => void,
  ): (pending: boolean) => void
}

/** A pool, to rooms that do not know pools: the seat of the thread that made it, with residents. */
export interface Host {
  lodge(what: string): Worker
}

let outside: (() => Host) | undefined

/** Called by the room above: the pool of those that name none. */
export function provideHost(host: () => Host): void {
  outside = host
}

/** The seat where something is made outside of tasks. `pool`: what the user gave, if anything. */
export function seatOutside(what: string, pool: unknown): Worker {
  if (pool === undefined && outside !== undefined) return outside().lodge(what)
  if (typeof pool === 'object' && pool !== null && 'lodge' in pool) return (pool as Host).lodge(what)
  throw new OptionError('pool', pool, 'Give a Pool.')
}

let lobby: Lobby | undefined

/** Called by that room when it is loaded. */
export function provide(entrance: Lobby): void {
  lobby = entrance
}

type Channels = (worker: Worker, options: unknown) => unknown

let channels: Channels | undefined

/** The same of the room of channels. */
export function provideChannels(make: Channels): void {
  channels = make
}

export function channelsFor(what: string): Channels {
  if (channels !== undefined) return channels
  throw new FilchError(
    'ERR_FILCH_BUNDLE',
    `${what} needs a part of filch that your bundler has left out. Mention it: import { channel } from 'filch', and use it.`,
  )
}

/** That room is loaded. */
export function hasLobby(): boolean {
  return lobby !== undefined
}

export function lobbyFor(what: string): Lobby {
  if (lobby !== undefined) return lobby
  throw new FilchError(
    'ERR_FILCH_BUNDLE',
    `${what} needs a part of filch that your bundler has left out. Mention it: import { spawn } from 'filch', and use it.`,
  )
}
