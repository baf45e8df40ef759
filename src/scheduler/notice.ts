import { CanceledError, type KilledError, WorkerLostError } from '../errors.ts'
import { load, store } from '../memory/atomics.ts'
import { layout } from '../memory/layout.ts'
import type { Jobs } from './jobs.ts'
import type { Lodging } from './lodging.ts'
import type { Post } from './post.ts'
import { type Registry, WANT } from './registry.ts'
import {
  CANCELED,
  DELIVERY,
  HELD,
  HOLDS,
  KEEPER,
  KEPT,
  NOTICE,
  PAYLOAD,
  seatOf,
  SLOT_SIZE,
  SPAWNED,
  stateOf,
  useOf,
} from './slot.ts'

/** Tells the seat where a root runs, or waits, that it shall stop. A HELD slot of its own, since the root's may be in the mail. */
const record = layout({
  /** `HOLDER`. */
  holder: 1,
  /** Slot of the root. */
  target: 1,
  /** Which of its uses is meant. */
  use: 1,
  /** Where {@link Jobs.enclose} has put the reason, and how many words; 0 if there is none. */
  reason: 1,
  length: 1,
})
export const TARGET: number = PAYLOAD + record.at.target
export const USE: number = PAYLOAD + record.at.use
const REASON: number = PAYLOAD + record.at.reason
const REASON_LENGTH: number = PAYLOAD + record.at.length

/** The part of a worker that sends and finds notices. */
export interface Correspondent {
  readonly jobs: Jobs
  readonly post: Post
  readonly registry: Registry
}

/**
 * `word` is the state of the root, which is claimed. A task that runs looks at its `CANCELED` alone, which is set once the notice is in the mail:
 * so whoever sees it finds out why.
 */
export function notify(worker: Correspondent, root: number, word: number, reason = 0, length = 0): void {
  const { registry } = worker
  const seat = seatOf(word)
  tell(worker, seat, root, word, reason, length)
  const { words } = registry.arena
  store(words, root + CANCELED, 1)
  store(words, registry.seat(seat) + WANT, 1)
}

function tell(worker: Correspondent, seat: number, root: number, word: number, reason: number, length: number): void {
  const notice = worker.jobs.hold(NOTICE)
  const { words } = worker.registry.arena
  words[notice + TARGET] = root
  words[notice + USE] = useOf(word)
  words[notice + REASON] = reason
  words[notice + REASON_LENGTH] = length
  worker.post.send(seat, notice)
}

/** In `REASON_LENGTH`: the root has ended. */
const OVER = -1

/**
 * Tells the keeper of a root that it has ended, where its thread died, perhaps before it had mailed it. In the mail this comes after all that the
 * dead thread has sent.
 */
export function remind(worker: Correspondent, root: number, word: number): void {
  tell(worker, worker.registry.arena.words[root + KEEPER]!, root, word, 0, OVER)
}

/** The root of a {@link remind}er, if that was not mailed: what comes by mail is let go of at once. Else 0. */
export function unmailed({ jobs, registry: { arena } }: Correspondent, notice: number): number {
  const root = arena.words[notice + TARGET]!
  const use = arena.words[notice + USE]!
  if (arena.words[notice + REASON_LENGTH] !== OVER) return 0
  arena.reach(root + SLOT_SIZE)
  return useOf(jobs.state(root)) === use && load(arena.words, root + HOLDS) >= KEPT ? root : 0
}

/** Reads the reason of a notice, once, and lets go of the notice. */
export function read({ jobs, registry }: Correspondent, notice: number): KilledError | undefined {
  const { words } = registry.arena
  const at = words[notice + REASON]!
  // First: if this thread dies before the notice is free, whoever lets go of it must not free the block again.
  words[notice + REASON] = 0
  const error = jobs.disclose(at, words[notice + REASON_LENGTH]!)
  jobs.free(notice)
  return error
}

/** For a seat without residents: a task that runs there has seen in its slot that it shall stop, and nobody waits for the end of another. */
export function ignore(worker: Correspondent, notice: number): void {
  const root = unmailed(worker, notice)
  if (root !== 0) worker.jobs.letGo(root, KEPT)
  read(worker, notice)
}

/** Why a root that runs here must stop, if that is behind this `error` and can be told; else the error itself. */
export function verdict(worker: Correspondent & { lodging: Lodging }, root: number, error: unknown): unknown {
  const { words } = worker.registry.arena
  if (!isOurs(error)) return error
  // Atomic, though it was seen to be set: only now is what was sent before it sure to be in the mail.
  if (load(words, root + CANCELED) === 0) return error
  const { residents } = worker.lodging
  if (residents === undefined) return reasonFor(worker, root) ?? error
  try {
    residents.check(root)
    // Told before there were residents.
    const known = worker.jobs.sentences.get(root)
    return known?.use === useOf(worker.jobs.state(root)) ? known.error : error
  } catch (reason) {
    return reason
  }
}

/** Not by `instanceof` alone: what a task throws may be a Proxy that throws when it is looked at. */
function isOurs(error: unknown): boolean {
  try {
    return error instanceof CanceledError || error instanceof WorkerLostError
  } catch {
    return false
  }
}

/** For a seat without residents: the root's notice is among the letters, if it was killed and not canceled. */
function reasonFor(worker: Correspondent, root: number): Error | undefined {
  const { jobs, post, registry } = worker
  const { words } = registry.arena
  if (words[root + DELIVERY] !== SPAWNED) return undefined
  const use = useOf(jobs.state(root))
  const known = jobs.sentences.get(root)
  if (known?.use === use) return known.error
  post.take(undefined)
  const at = post.letters.findIndex(letter => {
    const isNotice = stateOf(jobs.state(letter)) === HELD && words[letter + DELIVERY] === NOTICE
    return isNotice && words[letter + TARGET] === root && words[letter + USE] === use
  })
  if (at < 0) return undefined
  const [notice] = post.letters.splice(at, 1) as [number]
  const error = read(worker, notice)
  // It may be asked for again, where the body has caught this.
  if (error !== undefined) jobs.sentences.set(root, { use, error })
  return error
}
