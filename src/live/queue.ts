/** First in, first out, in amortised constant time, however long it gets: `shift` of a long array moves all of it. */
export class Queue<T> {
  #items: T[] = []
  #first = 0

  get length(): number {
    return this.#items.length - this.#first
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** The oldest; there must be one. */
  shift(): T {
    const items = this.#items
    // Most have one.
    if (items.length === 1) return items.pop()!
    const item = items[this.#first++]!
    if (this.#first === items.length) items.length = this.#first = 0
    else if (this.#first > KEPT && this.#first * 2 > items.length) {
      this.#items = items.slice(this.#first)
      this.#first = 0
    }
    return item
  }

  /** Takes it out, if it is there. */
  remove(item: T): void {
    const at = this.#items.indexOf(item, this.#first)
    if (at >= 0) this.#items.splice(at, 1)
  }
}

/** So many places of what has left are not worth a copy. */
const KEPT = 1024
