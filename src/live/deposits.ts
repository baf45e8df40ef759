import { STATE } from '../scheduler/slot.ts'
import type { Worker } from '../scheduler/worker.ts'
import { COPY, DROP } from '../wire/reader.ts'

/** Values in blocks of their own, which many may read: its length, a word for whoever knows what it is, the message. */

/** Words before the message. */
export const MESSAGE = 2

/**
 * Puts a value that many may read into a block, which `holder`, a slot in use, has until it is freed.
 *
 * @throws NotSendableError also if the value names what one reader alone may have
 */
export function deposit(worker: Worker, value: unknown, root: string, holder: number): number {
  const { writer } = worker.jobs
  writer.begin('kept')
  writer.value(value, root)
  return stow(worker, writer.envoys, holder)
}

/** Puts what the writer holds into a block, for `holder`. */
export function stow({ jobs, registry }: Worker, second: number, holder: number): number {
  const { words, length, buffers } = jobs.writer
  const at = jobs.heap.allocate(length + MESSAGE)
  registry.arena.reach(at + length + MESSAGE)
  const to = registry.arena.words
  to[at] = length
  to[at + 1] = second
  to.set(words.subarray(0, length), at + MESSAGE)
  if (buffers.length > 0) jobs.leave(buffers, holder, to[holder + STATE]!)
  return at
}

/** Reads a message of one value that was copied out of shared memory. */
export function decode({ jobs }: Worker, words: Int32Array): unknown {
  jobs.reader.begin(words, 0, words.length, true)
  return jobs.reader.value()
}

/** What {@link deposit} has put there, for one more reader. */
export function peruse(worker: Worker, at: number): unknown {
  const [from, end] = rangeOf(worker, at)
  const { reader, frozen } = worker.jobs
  reader.begin(worker.registry.arena.words, from, end, frozen, COPY)
  return reader.value()
}

/** Frees what {@link deposit} has put there. */
export function withdraw(worker: Worker, at: number): void {
  const { arena } = worker.registry
  if (arena.words[at + 1] !== 0) {
    const [from, end] = rangeOf(worker, at)
    worker.jobs.reader.settle(arena.words, from, end, DROP)
  }
  worker.jobs.heap.free(at)
}

/** Where the message begins and ends. */
function rangeOf({ registry: { arena } }: Worker, at: number): [from: number, end: number] {
  arena.reach(at + MESSAGE)
  const from = at + MESSAGE
  const end = from + arena.words[at]!
  arena.reach(end)
  return [from, end]
}
