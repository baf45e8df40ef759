import type { KilledError } from '../errors.ts'
import { load } from '../memory/atomics.ts'
import { layout } from '../memory/layout.ts'
import type { Jobs } from './jobs.ts'
import type { Post } from './post.ts'
import type { Registry } from './registry.ts'
import { claim, DELIVERY, ERRAND, PAYLOAD, PUBLISHED, STATE, stateOf, TASK, useOf } from './slot.ts'
import type { Thief } from './thief.ts'

/** What one thread asks of another: of the maker of the pool, who alone starts and ends threads, or of the one that shall run a job. */
const record = layout({
  /** `HOLDER`. */
  holder: 1,
  kind: 1,
  /** Who sends it. */
  from: 1,
  /** The job that it is about, and which use of its slot is meant: by the time it is read, that may be over. */
  job: 1,
  use: 1,
  /** Where {@link Jobs.enclose} has put a reason, and how many words; 0 if there is none. */
  reason: 1,
  length: 1,
})
const KIND: number = PAYLOAD + record.at.kind
const FROM: number = PAYLOAD + record.at.from
const JOB: number = PAYLOAD + record.at.job
const USE: number = PAYLOAD + record.at.use
const REASON: number = PAYLOAD + record.at.reason
const REASON_LENGTH: number = PAYLOAD + record.at.length

/** Run this job, which was sent to nobody else. */
export const DO = 1
/** The same from the maker, who finds another thread for it if this one ends before it has begun. */
export const TRY = 8
/** To the maker: this job is to have a thread of its own; */
export const OWN = 2
/** the same, if there is one. */
export const RATHER_OWN = 3
/** To the maker: let anybody take this job. */
export const OFFER = 4
/** To the maker: end this root, if need be with the thread that it lives on. */
export const FORCE = 5
/** To the maker: my task blocks, and there is no spare. */
export const BLOCKED = 6
/** To the maker: nobody lives on my seat any more. `job` is how many errands I have done, `use` how many threads have died in this seat. */
export const IDLE = 7

export interface Errand {
  readonly kind: number
  readonly from: number
  readonly job: number
  readonly use: number
  /** Why the job is to end. */
  readonly sentence: KilledError | undefined
}

/** The part of a worker that sends and runs errands. */
interface Messenger {
  readonly jobs: Jobs
  readonly post: Post
  readonly registry: Registry
  readonly seat: number
  readonly thief: Thief
}

/** Sends an errand. `reason` is where {@link Jobs.enclose} has put one. */
export function sendErrand(
  worker: Messenger,
  to: number,
  kind: number,
  job = 0,
  use = 0,
  reason: { readonly at: number; readonly length: number } = { at: 0, length: 0 },
): void {
  const errand = worker.jobs.hold(ERRAND)
  const { words } = worker.registry.arena
  words[errand + KIND] = kind
  words[errand + FROM] = worker.seat
  words[errand + JOB] = job
  words[errand + USE] = use
  words[errand + REASON] = reason.at
  words[errand + REASON_LENGTH] = reason.length
  worker.post.send(to, errand)
}

/** Reads an errand and lets go of it. */
export function takeErrand({ jobs, registry }: Messenger, errand: number): Errand {
  const { words } = registry.arena
  const read: Errand = {
    kind: words[errand + KIND]!,
    from: words[errand + FROM]!,
    job: words[errand + JOB]!,
    use: words[errand + USE]!,
    sentence: jobs.disclose(words[errand + REASON]!, words[errand + REASON_LENGTH]!),
  }
  jobs.free(errand)
  // Of another thread, perhaps in memory that this one has not seen.
  registry.arena.reach(read.job + PAYLOAD)
  return read
}

/** True if the maker of the pool sees to what becomes of an errand that nobody has run. */
export function isTrial(worker: Messenger, errand: number): boolean {
  return worker.registry.arena.words[errand + KIND] === TRY
}

/** The job that a letter is, or asks for; 0 if that has been begun, or has ended, meanwhile. */
export function jobOf(worker: Messenger, letter: number): number {
  const { arena } = worker.registry
  const isErrand = arena.words[letter + DELIVERY] === ERRAND
  const job = isErrand ? arena.words[letter + JOB]! : letter
  arena.reach(job + PAYLOAD)
  const word = load(arena.words, job + STATE)
  return stateOf(word) === PUBLISHED && (!isErrand || useOf(word) === arena.words[letter + USE]) ? job : 0
}

/** Claims the job that the letter at `index` is, or asks for, and is done with the letter. 0: that has been begun, or has ended. */
export function openLetter(worker: Messenger, index: number): number {
  const { jobs, post, registry, seat } = worker
  const [letter] = post.letters.splice(index, 1) as [number]
  const slot = jobOf(worker, letter)
  const word = slot === 0 ? 0 : jobs.state(slot)
  const isClaimed = slot !== 0 && slot === jobOf(worker, letter) && claim(registry.arena, slot, word, seat)
  // Once the claim says where the job is: a thread that dies before leaves the errand to be found.
  if (registry.arena.words[letter + DELIVERY] === ERRAND) jobs.free(letter)
  return isClaimed ? slot : 0
}

/**
 * Claims a job that is pinned to this seat, for a join that waits: it may be part of what that waits for, and nobody else can run it.
 * 0: there is none.
 */
export function pinnedJob(worker: Messenger): number {
  const { post, registry, thief } = worker
  const { words } = registry.arena
  for (let i = 0; i < post.letters.length; i++) {
    const letter = post.letters[i]!
    if (words[letter + DELIVERY] !== ERRAND || words[letter + KIND] !== DO) continue
    const job = jobOf(worker, letter)
    if (job !== 0 && !thief.knows(words[job + TASK]!)) continue
    const slot = openLetter(worker, i--)
    if (slot !== 0) return slot
  }
  return 0
}
