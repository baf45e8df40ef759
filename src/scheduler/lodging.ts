import type { Post } from './post.ts'
import { added, type Belonging, type Belongings, releaseAll, without } from './belongings.ts'
import type { Residents } from './residents.ts'
import type { Thief } from './thief.ts'

/** What a worker does for the residents of its seat, if there are any, and for jobs that hold something. */
export class Lodging {
  readonly #post: Post
  readonly #thief: Thief
  /** Tasks that live on this seat, once there were any. */
  residents: Residents | undefined
  /** What the current job holds and must let go of. */
  belongings: Belongings
  /** What arrives now is not the current job's: there is none, or it came by mail, for another task. */
  loose = true

  constructor(post: Post, thief: Thief) {
    this.#post = post
    this.#thief = thief
  }

  admit(residents: Residents): void {
    this.residents = residents
    this.#thief.hosts = true
  }

  /** The current job holds `thing` until it ends. */
  keep(thing: Belonging): void {
    this.belongings = added(this.belongings, thing)
  }

  /** It does not hold it any more. */
  forget(thing: Belonging): void {
    this.belongings = without(this.belongings, thing)
  }

  /** The job has ended. */
  letGo(): void {
    releaseAll(this.belongings)
    this.belongings = undefined
  }

  /** Takes this seat's mail. Any job may do that, however deep on the stack. */
  mail(): void {
    this.#post.take(this.residents)
  }

  /** There is mail, or a resident is ready: what a sleeper looks at. */
  get called(): boolean {
    return this.residents?.ready === true || this.#post.holds
  }

  /** Milliseconds until one of them has a time that it waits for. */
  get due(): number {
    return this.residents?.due ?? Infinity
  }

  /** Lets residents whose time has come take a step. True if any did. */
  turn(): boolean {
    this.mail()
    return this.residents?.turn() === true
  }

  /** Claims a job that this seat has to offer: 0 if there is none. */
  own(): number {
    const own = this.residents === undefined ? 0 : this.residents.next()
    return own === 0 ? this.#thief.own() : own
  }

  /** Claims a job: of this seat's own, or of another, `from` first. 0: there is none. `root` is what the current job belongs to. */
  next(from: number, root: number): number {
    const own = this.residents === undefined ? 0 : this.residents.next()
    return own === 0 ? this.#thief.take(from, root) : own
  }
}
