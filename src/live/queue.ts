/**
 * First in, first out, of any length: what comes goes onto one array, and what leaves is popped from another, which is the first one turned
 * round. `Array.shift` moves all that is left each time once an array is large: a million tasks that become ready at once would
 * take hours.
 */
export class Queue<T> {
  #coming: T[] = []
  #leaving: T[] = []

  get length(): number {
    return this.#coming.length + this.#leaving.length
  }

  push(item: T): void {
    this.#coming.push(item)
  }

  shift(): T | undefined {
    if (this.#leaving.length === 0) {
      // Most of the time there is one.
      if (this.#coming.length <= 1) return this.#coming.pop()
      const empty = this.#leaving
      this.#leaving = this.#coming.reverse()
      this.#coming = empty
    }
    return this.#leaving.pop()
  }

  /** Takes it out, wherever it is. */
  remove(item: T): void {
    for (const items of [this.#coming, this.#leaving]) {
      const at = items.indexOf(item)
      if (at >= 0) items.splice(at, 1)
    }
  }
}
