import type { Arena } from '../memory/arena.ts'
import { load, replace } from '../memory/atomics.ts'

/**
 * A worker's lock-free inbox: many senders, one receiver who always takes all (Treiber, IBM RJ 5118, 1986).
 *
 *   head --> record --> record --> record --> 0       newest first; `take` turns the order round
 *
 * The links are words inside the records sent, so a mailbox is one word, has no capacity and needs no memory of its own.
 *
 * ## Invariants
 *
 * - **I1** A record is in at most one mailbox, at most once; from `send` until `take` returns it, nobody else writes its link.
 * - **I2** `head` changes only by compare-exchange: to 0 by the receiver, to its own record by a sender.
 *
 * ## Why it is enough
 *
 * A sender writes its link, then exchanges the head: the receiver, who loads that head, sees the link, which
 * may therefore be plain. There is no ABA: a head that the receiver finds again is the record that it has marked, since nobody else takes
 * any out; and a sender that succeeds against a head that
 * was taken and came back still links to a record that is the head at that moment, which is all that it needs.
 * A sender that dies before its exchange has sent nothing; after it, all. There is no state between.
 *
 * Order is kept per sender. Both are lock-free. Tests: test/lockfree/mailbox.
 */
export class Mailbox {
  readonly #arena: Arena
  readonly #head: number
  readonly #link: number

  /** Views the mailbox whose head is the word at `head`; `link` is the word of a record that holds its link. Zero is empty. */
  constructor(arena: Arena, head: number, link: number) {
    this.#arena = arena
    this.#head = head
    this.#link = link
  }

  /** Any thread: sends the record at address `record`. True if the box was empty: the receiver may not know of it yet. */
  send(record: number): boolean {
    for (;;) {
      const words = this.#arena.words
      const head = load(words, this.#head)
      words[record + this.#link] = head
      if (replace(words, this.#head, head, record)) return head === 0
    }
  }

  /**
   * The receiver only: takes all there is, oldest first, and hands each record to `each`, which may reuse its link. `mark` gets each record first,
   * while it is in the box: what it writes there is all that is left of records which a receiver has taken and not handed out when it dies.
   */
  take(each: (record: number) => void, mark: (record: number) => void = nothing): void {
    const arena = this.#arena
    if (arena.words[this.#head] === 0) return // plain: a hint; whoever must not miss one loads (`holds`)
    let record = 0
    for (let marked = 0; ; marked = record) {
      record = load(arena.words, this.#head)
      // Senders only add: what was marked is behind what has come since.
      for (let at = record; at !== marked; at = arena.words[at + this.#link]!) {
        arena.reach(at + this.#link + 1)
        mark(at)
      }
      if (replace(arena.words, this.#head, record, 0)) break
    }
    let oldest = 0
    while (record !== 0) {
      const next = arena.words[record + this.#link]!
      arena.words[record + this.#link] = oldest
      oldest = record
      record = next
    }
    while (oldest !== 0) {
      const next = arena.words[oldest + this.#link]!
      each(oldest)
      oldest = next
    }
  }

  /** True if something was sent and not taken yet: what a receiver asks between announcing its sleep and sleeping. */
  holds(): boolean {
    return load(this.#arena.words, this.#head) !== 0
  }
}

function nothing(): void {}
