import { KilledError } from '../errors.ts'
import { load } from '../memory/atomics.ts'
import { RUNNING } from '../scheduler/registry.ts'
import { allSlots, CLAIMED, DELIVERY, PARENT, ROOT, seatOf, SPAWNED, stateOf, useOf } from '../scheduler/slot.ts'
import type { Worker } from '../scheduler/worker.ts'
import type { Crew } from './crew.ts'

/** How long a task has to end by itself, in ms. */
const GRACE = 10
/** Graces in which threads that run something else, or nothing, are spared though the task lives there. */
const SPARED = 2

interface Sentence {
  readonly use: number
  readonly error: KilledError
  graces: number
}

/**
 * Ends tasks that do not end when they are killed, with the threads that they run on.
 *
 * The killer has asked the task to stop before, so whatever looks up has ended within the first grace. Then the threads end that run a job of
 * the condemned tree: the task, its children, and what they have forked, wherever it was stolen. The repair ends what they
 * had claimed; the condemned gets the error of its sentence (`lose`), what else was on these stacks is lost. If the task is still there, because
 * its frame is buried under a job of others, the thread that it lives on ends as well.
 */
export class Executioner {
  readonly #worker: Worker
  readonly #crew: Crew
  readonly #condemned = new Map<number, Sentence>()
  #timer: NodeJS.Timeout | undefined

  constructor(worker: Worker, crew: Crew) {
    this.#worker = worker
    this.#crew = crew
  }

  condemn(slot: number, use: number, error: KilledError): void {
    // A sentence may be that of an earlier task in this slot.
    if (this.#condemned.get(slot)?.use !== use) this.#condemned.set(slot, { use, error, graces: 0 })
    this.#timer ??= setTimeout(() => this.#execute(), GRACE)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#condemned.clear()
  }

  #execute(): void {
    this.#timer = undefined
    const { sentences } = this.#worker.jobs
    sentences.clear()
    for (const [slot, sentence] of this.#condemned) {
      const word = this.#worker.jobs.state(slot)
      if (useOf(word) !== sentence.use || stateOf(word) !== CLAIMED) this.#condemned.delete(slot)
      else this.#strike(slot, sentence)
    }
    if (this.#condemned.size > 0) this.#timer = setTimeout(() => this.#execute(), GRACE)
  }

  #strike(slot: number, sentence: Sentence): void {
    const { registry, jobs } = this.#worker
    const { words } = registry.arena
    const tree = this.#treeOf(slot)
    const lives = new Set<number>()
    const runs = new Set<number>()
    for (const job of allSlots(registry.arena, registry.control)) {
      const word = jobs.state(job)
      if (stateOf(word) !== CLAIMED || !tree.has(words[job + ROOT]!)) continue
      const seat = seatOf(word)
      if (seat === registry.caller) continue
      lives.add(seat)
      const isAwake = !registry.sleepers.sleeps(seat)
      if (isAwake && tree.has(words[load(words, registry.seat(seat) + RUNNING) + ROOT]!)) runs.add(seat)
    }
    for (const member of tree) {
      jobs.sentences.set(member, { use: useOf(jobs.state(member)), error: sentence.error })
    }
    for (const seat of sentence.graces++ < SPARED ? runs : lives) this.#crew.terminate(seat)
  }

  /** The task and those below it that have not ended. */
  #treeOf(slot: number): Set<number> {
    const { registry, jobs } = this.#worker
    const { words } = registry.arena
    // One look at each slot, however deep the tree. Who is missed, since it moved meanwhile, is found after the next grace.
    const children = new Map<number, number[]>()
    for (const job of allSlots(registry.arena, registry.control)) {
      if (stateOf(jobs.state(job)) !== CLAIMED || words[job + DELIVERY] !== SPAWNED) continue
      const parent = words[job + PARENT]!
      const siblings = children.get(parent)
      if (siblings === undefined) children.set(parent, [job])
      else siblings.push(job)
    }
    const tree = new Set([slot])
    // Those that are added meanwhile have their turn.
    for (const member of tree) for (const child of children.get(member) ?? []) tree.add(child)
    return tree
  }
}
