import { ARMED, GONE } from '../lockfree/signal.ts'
import { SUBSCRIPTION } from '../scheduler/slot.ts'
import { HEAD, isStale } from '../scheduler/subscription.ts'
import type { Worker } from '../scheduler/worker.ts'
import { Queue } from './queue.ts'
import { type Waiting, Watch } from './watch.ts'

/** All that is waited for on one seat (lockfree/signal.ts has the protocol). */
export class Watches {
  readonly #worker: Worker
  /** By the head of the list that this seat is subscribed to. */
  readonly #watches = new Map<number, Watch>()
  /** Whose time has come, in that order. */
  readonly ready: Queue<Waiting> = new Queue()
  /** Called when somebody became ready. */
  onReady: () => void = () => {}

  constructor(worker: Worker) {
    this.#worker = worker
  }

  /** This seat's watch on what the list at `head` stands for. */
  at(head: number): Watch {
    let watch = this.#watches.get(head)
    if (watch === undefined) this.#watches.set(head, (watch = new Watch(head)))
    return watch
  }

  /** `who` is to be resumed when what it waits for is there. True: it is already, and `who` is not enlisted. */
  enlist(who: Waiting): boolean {
    const { wait } = who
    const first = wait.watches[0]
    // It has looked while this was armed, and nothing that rang since was taken out of the mail: what has happened is in there, or will be.
    if (first !== undefined && wait.seen === first.rings && first.armed && !wait.over) {
      first.waiting.push(who)
      return false
    }
    for (const watch of wait.watches) {
      watch.waiting.push(who)
      if (watch.head !== 0) this.#arm(watch)
    }
    if (!wait.poll()) return false
    // Trying may have stirred others, and this one among them: then it is ready, as any other.
    return wait.watches.length === 0 || this.forget(who)
  }

  /** False: it was not enlisted. */
  forget(who: Waiting): boolean {
    let found = false
    for (const watch of who.wait.watches) found = watch.waiting.remove(who) || found
    return found
  }

  /** The same, of one that may be ready already. */
  dismiss(who: Waiting): void {
    this.forget(who)
    this.ready.remove(who)
  }

  #arm(watch: Watch): void {
    // Armed, or rung and in the mail: then it is armed again when that comes, if anybody still waits.
    if (watch.armed) return
    watch.armed = true
    const { post, jobs, registry } = this.#worker
    // Gone: that of a thing that was in this place before. It is in the mail, and freed when it comes.
    if (watch.subscription === 0 || post.signal.rungBy(watch.subscription) === GONE) {
      watch.subscription = jobs.hold(SUBSCRIPTION)
      registry.arena.words[watch.subscription + HEAD] = watch.head
      post.signal.add(watch.head, watch.subscription)
    }
    post.signal.arm(watch.subscription)
  }

  /** It may have happened: whoever can go on becomes ready, in the order of their coming. */
  stir(watch: Watch): void {
    const { waiting } = watch
    let some = false
    for (let who = waiting.first; who !== undefined && who.wait.poll(); who = waiting.first) {
      // Trying it may have stirred this same watch: then it has left already.
      if (!waiting.remove(who)) continue
      if (who.wait.watches.length > 1) this.forget(who)
      this.ready.push(who)
      some = true
    }
    if (some) this.onReady()
  }

  /** The only one that waits has what it waits for. */
  release(watch: Watch): void {
    const who = watch.waiting.first!
    watch.waiting.remove(who)
    this.ready.push(who)
    this.onReady()
  }

  /** A subscription was rung. */
  rouse(subscription: number): void {
    const { post, jobs, registry } = this.#worker
    const watch = this.#watches.get(registry.arena.words[subscription + HEAD]!)
    const lasts = post.signal.disarm(subscription)
    if (!lasts) jobs.free(subscription)
    // One of the thread before this one, or of a thing that was in this place before.
    if (watch?.subscription !== subscription) return
    watch.armed = false
    watch.rings++
    // The watch stays: the next thing in this place has it.
    if (!lasts) watch.subscription = 0
    if (watch.waiting.length === 0) return
    // Before the look, as when it was armed first.
    this.#arm(watch)
    this.stir(watch)
  }

  /**
   * A thread has died: what it had rung and perhaps not mailed counts as mailed, and everybody looks again. `mail` takes the mail:
   * after the marks were seen, since what the dead one has mailed must be taken out before it is armed again.
   */
  revive(mail: () => void): void {
    const { post, registry } = this.#worker
    const stale: [subscription: number, mark: number][] = []
    for (const { subscription } of this.#watches.values()) {
      const mark = subscription === 0 ? 0 : post.signal.rungBy(subscription)
      if (mark > ARMED && isStale(registry, mark)) stale.push([subscription, mark])
    }
    mail()
    for (const [subscription, mark] of stale) if (post.signal.rungBy(subscription) === mark) this.rouse(subscription)
    for (const watch of this.#watches.values()) this.stir(watch)
  }
}
