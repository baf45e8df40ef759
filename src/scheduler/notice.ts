import { KilledError } from '../errors.ts'
import { store } from '../memory/atomics.ts'
import { layout } from '../memory/layout.ts'
import { WANT } from './registry.ts'
import { CANCELED, DELIVERY, HELD, NOTICE, PAYLOAD, seatOf, stateOf, TASK, useOf } from './slot.ts'
import type { Worker } from './worker.ts'

/** Tells the seat where a root runs, or waits, that it shall stop. A HELD slot of its own, since the root's may be in the mail. */
const record = layout({
  /** Slot of the root. */
  target: 1,
  /** Which of its uses is meant. */
  use: 1,
  /** Block of the words of the reason, and how many; 0 if there is none. */
  reason: 1,
  length: 1,
})
export const TARGET: number = PAYLOAD + record.at.target
export const USE: number = PAYLOAD + record.at.use
export const REASON: number = PAYLOAD + record.at.reason
export const REASON_LENGTH: number = PAYLOAD + record.at.length

/** `word` is the state of the root, which is claimed. A task that runs looks at its `CANCELED` alone, which is for the sender to set. */
export function notify(worker: Worker, root: number, word: number, reason = 0, length = 0): void {
  const { registry } = worker
  const seat = seatOf(word)
  const notice = worker.jobs.hold(NOTICE)
  const { words } = registry.arena
  words[notice + TARGET] = root
  words[notice + USE] = useOf(word)
  words[notice + REASON] = reason
  words[notice + REASON_LENGTH] = length
  store(words, registry.seat(seat) + WANT, 1)
  worker.post.send(seat, notice)
}

/**
 * For a seat without residents: what a root fails of that was stopped. Its body, and forks of it elsewhere, know no more than that it was;
 * the reason is in the mail, since the notice of a kill is sent before `CANCELED` is set.
 */
export function verdict(worker: Worker, root: number, error: unknown): unknown {
  const { jobs, lodging, post, registry, thief } = worker
  const { words } = registry.arena
  if (words[root + CANCELED] === 0) return error
  lodging.mail()
  const use = useOf(jobs.state(root))
  const at = post.letters.findIndex(
    letter =>
      stateOf(jobs.state(letter)) === HELD &&
      words[letter + DELIVERY] === NOTICE &&
      words[letter + TARGET] === root &&
      words[letter + USE] === use &&
      words[letter + REASON] !== 0,
  )
  if (at < 0) return error
  const [notice] = post.letters.splice(at, 1) as [number]
  const reason = jobs.disclose(words[notice + REASON]!, words[notice + REASON_LENGTH]!)
  jobs.discard(notice)
  return new KilledError(thief.taskOf(words[root + TASK]!)?.label ?? 'it', reason)
}

/** For a seat without residents: whatever it says, a task that runs there has seen it in its slot. */
export function ignore(worker: Worker, notice: number): void {
  const { words } = worker.registry.arena
  if (words[notice + REASON] !== 0) worker.jobs.disclose(words[notice + REASON]!, words[notice + REASON_LENGTH]!)
  worker.jobs.discard(notice)
}
