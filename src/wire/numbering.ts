/** Up to so many objects a search from the start is faster than a Map, and needs no clearing. */
const FEW = 32
/** More places than this are given back between messages. */
const KEPT = 1024

/** The objects of one message, in the order in which they were first met: what back-references count by. */
export class Numbering {
  count = 0
  /** By number; undefined from `count` on, so that no object outlives its message here. */
  readonly #objects: (object | undefined)[] = []
  /** Their numbers, once there are more than `FEW`. */
  readonly #numbers = new Map<object, number>()

  /** The number of `object`, or -1 if it is new; it has the next one then. */
  number(object: object): number {
    const objects = this.#objects
    const n = this.count
    let number = 0
    if (n <= FEW) while (number < n && objects[number] !== object) number++
    else number = this.#numbers.get(object) ?? n
    if (number < n) return number
    objects[n] = object
    this.count = n + 1
    if (n > FEW) this.#numbers.set(object, n)
    else if (n === FEW) for (let i = 0; i <= n; i++) this.#numbers.set(objects[i] as object, i)
    return -1
  }

  /** Forgets all objects from number `from` on. */
  forget(from: number): void {
    const objects = this.#objects
    if (from === 0 && this.#numbers.size > 0) this.#numbers.clear()
    for (let i = from; i < this.count; i++) {
      if (this.#numbers.size > 0) this.#numbers.delete(objects[i] as object)
      objects[i] = undefined
    }
    this.count = from
    if (objects.length > KEPT) objects.length = from
  }
}
